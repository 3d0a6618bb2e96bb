using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Core.Records;
using Gatehouse.TestKit;
using Xunit;

namespace Gatehouse.Contracts;

public abstract partial class RecordStoreContract
{
    private int _modelRuns;

    /// <summary>How many random histories the model test plays; back ends over a network may want fewer.</summary>
    protected virtual int ModelRuns => 60;

    [Fact]
    public async Task Commit_RandomHistory_AgreesWithTheModel()
    {
        var store = await OpenAsync();
        var step = Gen.Choose(0, 11).Select(row => $"r{row}")
            .SelectMany(row => Gen.Choose(0, 5), (row, kind) => (row, kind))
            .SelectMany(_ => Gen.Choose(0, 999), (both, data) => new Step(both.row, both.kind, data));
        var history = step.ListOf(5).Select(steps => steps.DistinctBy(one => one.Row).ToArray()).ListOf(25);

        Prop.ForAll(history.ToArbitrary(), batches => PlayAsync(store, batches).GetAwaiter().GetResult())
            .Check(PropertyRuns.Of(ModelRuns));
    }

    private async Task<bool> PlayAsync(IRecordStore store, IEnumerable<Step[]> history)
    {
        var partition = $"model{_modelRuns++}";
        var (model, stale) = (new RecordModel(), "W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\"");
        foreach (var steps in history)
        {
            var batch = BatchOf(partition, steps, model, stale);
            if (batch.Operations.Count == 0)
            {
                continue;
            }

            var (outcome, failed) = model.Judge(batch);
            var result = await store.CommitAsync(batch, Cancellation);
            Assert.Equal((outcome, failed), (result.Outcome, result.FailedOperation));
            if (result.IsCommitted)
            {
                stale = batch.Operations.Select(operation => model.ETagOf(operation.Row)).FirstOrDefault(etag => etag is not null) ?? stale;
                model.Apply(batch, result.ETags);
            }
        }

        var rows = await RowsAsync(store, new RecordQuery(Table, partition));
        Assert.Equal(
            model.Rows.Select(row => (row.Row, row.ETag, Convert.ToHexString(row.Data))),
            rows.Select(record => (record.Key.Row, record.ETag, Convert.ToHexString(record.Data.Span))));
        return true;
    }

    private RecordBatch BatchOf(string partition, Step[] steps, RecordModel model, string stale)
    {
        var batch = Batch(partition);
        foreach (var (row, kind, data) in steps)
        {
            var bytes = Bytes($"{data}");
            _ = kind switch
            {
                0 => batch.Insert(row, bytes),
                1 => batch.Upsert(row, bytes),
                2 => batch.Replace(row, bytes, model.ETagOf(row) ?? stale),
                3 => batch.Delete(row, model.ETagOf(row)),
                4 => data % 4 == 0 ? batch.Replace(row, bytes, stale) : batch.Upsert(row, bytes),
                _ => data % 4 == 0 ? batch.Delete(row, stale) : batch.Insert(row, bytes),
            };
        }

        return batch;
    }

    private sealed record Step(string Row, int Kind, int Data);
}
