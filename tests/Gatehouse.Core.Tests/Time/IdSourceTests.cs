using Gatehouse.Core.Records;
using Gatehouse.Core.Time;
using Gatehouse.TestKit.Time;
using Xunit;

namespace Gatehouse.Core.Tests.Time;

public class IdSourceTests
{
    [Fact]
    public void Next_LaterMilliseconds_SortsAfter()
    {
        var clock = new ManualTimeProvider();
        var source = new IdSource(clock, new SeededEntropy());
        var ids = new List<string>();
        for (var i = 0; i < 200; i++)
        {
            ids.Add(source.Next());
            clock.Advance(TimeSpan.FromMilliseconds(1 + (i * 7919)));
        }

        Assert.Equal(ids, ids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Next_SameMillisecond_Differs()
    {
        var source = new IdSource(new ManualTimeProvider(), new SeededEntropy());

        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => source.Next()).Distinct().Count());
    }

    [Fact]
    public void Next_Form_IsSafeInKeysAndOfFixedLength()
    {
        var id = new IdSource(new ManualTimeProvider(), new SeededEntropy()).Next();

        Assert.Equal(IdSource.Length, id.Length);
        Assert.Matches("^[0-9a-hjkmnp-tv-z]+$", id);
        Assert.Equal(id, RecordKeys.Encode(id));
    }

    [Fact]
    public void Next_SameClockAndEntropy_SameId() => Assert.Equal(
        new IdSource(new ManualTimeProvider(), new SeededEntropy(7)).Next(),
        new IdSource(new ManualTimeProvider(), new SeededEntropy(7)).Next());

    [Fact]
    public void NextDouble_AnyEntropy_WithinZeroAndOne()
    {
        var entropy = new SeededEntropy();

        Assert.All(Enumerable.Range(0, 1000).Select(_ => entropy.NextDouble()), value => Assert.InRange(value, 0, 0.9999999999999999));
    }
}
