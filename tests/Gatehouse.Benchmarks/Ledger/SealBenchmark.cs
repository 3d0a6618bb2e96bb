using Gatehouse.Benchmarks.Measuring;
using Gatehouse.Benchmarks.Reporting;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Gatehouse.TestKit.Files;

namespace Gatehouse.Benchmarks.Ledger;

/// <summary>Appending events and sealing them, against writing the same bytes in the same batches and nothing more.</summary>
internal sealed class SealBenchmark : IBenchmark
{
    /// <summary>Events of one append, and appends at once: a busy estate with many intakes under way.</summary>
    private const int EventsPerAppend = 16;

    private const int AppendsAtOnce = 8;

    private const int Flushes = 50;

    private const int FlushBytes = 4096;

    public string Name => "seal";

    public async Task<Section> RunAsync(BenchmarkPlan plan, CancellationToken cancellationToken)
    {
        var appends = SampleEvents.Create(plan.SealedEvents).Chunk(EventsPerAppend).ToList();
        var raw = appends.ConvertAll(ToBatches);
        var (append, seal) = (new List<double>(), new List<double>());
        var counted = string.Empty;
        var measured = await Rounds.RunAsync(
            plan.Repetitions,
            [
                new("ledger", async token =>
                {
                    await using var rig = await LedgerRig.OpenAsync(token);
                    append.Add(await Rounds.TimeAsync(plan.SealedEvents, () => AtOnceAsync(appends, (events, inner) => rig.Inbox.AppendAsync(events, inner), token)));
                    seal.Add(await Rounds.TimeAsync(plan.SealedEvents, () => SealAsync(rig, plan.SealedEvents, token)));
                    counted = Count(rig.Store, plan.SealedEvents);
                    return append[^1] + seal[^1];
                }),
                new("raw", async token =>
                {
                    await using var rig = await LedgerRig.OpenAsync(token);
                    return await Rounds.TimeAsync(plan.SealedEvents, () => AtOnceAsync(raw, (batches, inner) => Task.WhenAll(batches.Select(batch => rig.Store.CommitAsync(batch, inner))), token));
                }),
                new("flush", async token =>
                {
                    using var directory = new TempDirectory();
                    await using var file = new FileStream(directory["flushed"], FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
                    return await Rounds.TimeAsync(Flushes, () => FlushAsync(file, token));
                }),
            ],
            cancellationToken);
        var (appended, @sealed) = (Counted(append), Counted(seal));
        return new Section(
            "Ledger: append and seal",
            $"{plan.SealedEvents:N0} events of {raw.SelectMany(batches => batches).SelectMany(batch => batch.Operations).Average(operation => operation.Data.Length):F0} bytes each, {EventsPerAppend} an append, "
            + $"{AppendsAtOnce} appends at once, then one seal with a signed checkpoint; an empty embedded store each time, every commit flushed to disk. "
            + "The floor inserts the same bytes into the same store in the batches the appends make, already encoded, once.",
            [
                new("appending and sealing an event", "one raw insert of its bytes", measured[0].Over(measured[1])),
                new("appending an event", "one raw insert of its bytes", appended.Over(measured[1])),
            ],
            [
                new("append and seal", "event", measured[0]),
                new("of that, append", "event", appended),
                new("of that, seal", "event", @sealed),
                new("raw inserts", "event", measured[1]),
                new($"for scale: {FlushBytes} bytes written to a file and flushed to this disk", "flush", measured[2]),
            ],
            [counted, "Sealing writes each event a second time at its index, and its marker, and deletes the waiting row: that is what makes a crash between any two commits harmless."]);
    }

    private static Task AtOnceAsync<T>(IEnumerable<T> work, Func<T, CancellationToken, Task> run, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        work,
        new ParallelOptions { MaxDegreeOfParallelism = AppendsAtOnce, CancellationToken = cancellationToken },
        async (one, token) => await run(one, token));

    private static async Task FlushAsync(FileStream file, CancellationToken cancellationToken)
    {
        var bytes = new byte[FlushBytes];
        for (var i = 0; i < Flushes; i++)
        {
            await file.WriteAsync(bytes, cancellationToken);
            file.Flush(flushToDisk: true);
        }
    }

    private static async Task SealAsync(LedgerRig rig, int events, CancellationToken cancellationToken)
    {
        var count = await rig.Sealer.SealAsync(cancellationToken);
        if (count != events)
        {
            throw new InvalidOperationException($"{count} events were sealed, not {events}.");
        }
    }

    private static List<RecordBatch> ToBatches(LedgerEvent[] events) =>
    [
        .. events.GroupBy(one => LedgerKeys.InboxPartitionOf(one.Id)).Select(partition => partition
            .OrderBy(one => one.Id, StringComparer.Ordinal)
            .Aggregate(new RecordBatch(LedgerKeys.Table, partition.Key), (batch, one) => batch.Insert(LedgerKeys.PendingPrefix + one.Id, LedgerEventJson.Serialize(one)))),
    ];

    private static string Count(CountingStore store, int events) =>
        $"Written for one event: {(double)store.Operations / events:F2} rows and {(double)store.Bytes / events:N0} bytes, in {(double)store.Batches / events:F2} batches.";

    private static Series Counted(List<double> values) => new(values[BenchmarkPlan.WarmUps..]);
}
