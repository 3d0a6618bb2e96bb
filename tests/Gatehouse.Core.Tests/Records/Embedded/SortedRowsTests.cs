using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Core.Tests.Records.Embedded;

public sealed class SortedRowsTests
{
    [Fact]
    public void Rows_ManyChanges_AgreeWithASortedDictionary()
    {
        var changes = Gen.Choose(0, 2500).SelectMany(_ => Gen.Choose(0, 3), (row, kind) => (Row: $"{row}", Remove: kind == 0)).ListOf(6000);

        Prop.ForAll(changes.ToArbitrary(), Agrees).Check(PropertyRuns.Of(10));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_InOneDirection_StaySorted(bool descending)
    {
        var changes = Enumerable.Range(0, 3000).Select(i => (Row: $"{(descending ? 3000 - i : i):D6}", Remove: false));

        Assert.True(Agrees([.. changes]));
    }

    private static bool Agrees(IList<(string Row, bool Remove)> changes)
    {
        var (rows, model) = (new SortedRows(), new SortedDictionary<string, StoredRow>(StringComparer.Ordinal));
        foreach (var ((row, remove), i) in changes.Select((change, i) => (change, i)))
        {
            model.TryGetValue(row, out var old);
            var stored = new StoredRow(i, []);
            Assert.Same(old, remove ? rows.Remove(row) : rows.Set(row, stored));
            _ = remove ? model.Remove(row) : (model[row] = stored) is not null;
        }

        Assert.Equal(model.Count, rows.Count);
        Assert.Equal(model, Copy(rows, null, null, int.MaxValue));
        Assert.All(model, pair => Assert.True(rows.TryGet(pair.Key, out var found) && ReferenceEquals(found, pair.Value)));
        Assert.Equal(model.Where(pair => string.CompareOrdinal(pair.Key, "1") >= 0 && string.CompareOrdinal(pair.Key, "15") < 0).Take(700), Copy(rows, "1", "15", 700));
        return true;
    }

    private static List<KeyValuePair<string, StoredRow>> Copy(SortedRows rows, string? from, string? before, int take)
    {
        var copy = new List<KeyValuePair<string, StoredRow>>();
        rows.CopyTo(copy, from, before, take);
        return copy;
    }
}
