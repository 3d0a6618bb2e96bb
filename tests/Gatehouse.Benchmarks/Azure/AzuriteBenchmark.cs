using Gatehouse.Benchmarks.Ledger;
using Gatehouse.Benchmarks.Measuring;
using Gatehouse.Benchmarks.Reporting;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Gatehouse.TestKit.Peers;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Benchmarks.Azure;

/// <summary>Records and the ledger on a real Azurite, against posting the same bytes to it with a bare client.</summary>
internal sealed class AzuriteBenchmark : IBenchmark
{
    private const string Title = "Records and ledger on Azurite";
    private const int AtOnce = 8;
    private const int EventsPerAppend = 16;

    public string Name => "azurite";

    public async Task<Section> RunAsync(BenchmarkPlan plan, CancellationToken cancellationToken)
    {
        if (AzuritePeer.FindProgram() is null)
        {
            return Section.Skipped(Title, "azurite is not installed (npm).");
        }

        await using var azurite = await AzuritePeer.StartAsync(cancellationToken);
        await using var services = StorageServices.Connect(azurite.ConnectionString);
        var store = services.GetRequiredService<IRecordStore>();
        await using var ledger = await LedgerRig.OverAsync(store, cancellationToken);
        using var raw = new RawTable(azurite.Tables, AzuritePeer.AccountName, AzuritePeer.AccountKey, "raw");
        await raw.CreateAsync(cancellationToken);
        var (rows, round) = (plan.AzuriteRows, 0);
        var appended = new List<double>();
        string[] names = ["raw inserts, one row each", "record store, one row a commit", $"record store, {RecordLimits.MaxBatchOperations} rows a transaction", "ledger, append and seal"];
        var measured = await Rounds.RunAsync(
            plan.Repetitions,
            [
                new(names[0], token => TimeAsync(rows, Inserts("raw", rows, ++round), raw.InsertAsync, token)),
                new(names[1], token => TimeAsync(rows, Inserts("one", rows, ++round), (batch, inner) => CommitAsync(store, batch, inner), token)),
                new(names[2], token => TimeAsync(rows, Transactions(rows, ++round), (batch, inner) => CommitAsync(store, batch, inner), token)),
                new(names[3], async token =>
                {
                    var appends = SampleEvents.Create(rows, ++round * rows).Chunk(EventsPerAppend).ToList();
                    appended.Add(await TimeAsync(rows, appends, (events, inner) => ledger.Inbox.AppendAsync(events, inner), token));
                    return appended[^1] + await Rounds.TimeAsync(rows, () => SealAsync(ledger.Sealer, rows, token));
                }),
            ],
            cancellationToken);
        var append = new Series(appended[BenchmarkPlan.WarmUps..]);
        return new Section(
            Title,
            $"{rows:N0} rows of {SampleData(0).Length} bytes (ledger events, encoded) in each turn, {AtOnce} requests at once, into an in-memory Azurite on loopback. The floor posts each row by itself with a bare "
            + "client: signed, one request a row, the answer's body not read. Transactions and the ledger are given per row; one append has "
            + $"{EventsPerAppend} events, and the ledger grows from turn to turn. Azurite is one Node.js process and takes most of the time of all four.",
            [
                new("a commit of one row on Azurite", "one raw insert", measured[1].Over(measured[0])),
                new("a row of a full transaction on Azurite", "one raw insert", measured[2].Over(measured[0])),
                new("appending and sealing an event on Azurite", "one raw insert", measured[3].Over(measured[0])),
            ],
            [.. measured.Select((series, index) => new Figure(names[index], "row", series)), new Figure("of the ledger's, append", "row", append)],
            [$"Peer: azurite {await Machine.VersionAsync(AzuritePeer.FindProgram()!, cancellationToken)}.", Count(ledger, plan, rows)]);
    }

    private static Task<double> TimeAsync<T>(int rows, IReadOnlyList<T> work, Func<T, CancellationToken, Task> run, CancellationToken cancellationToken) => Rounds.TimeAsync(rows, () => Parallel.ForEachAsync(
        work,
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (one, token) => await run(one, token)));

    private static ReadOnlyMemory<byte> SampleData(int number) => LedgerEventJson.Serialize(SampleEvents.Create(1, number)[0]);

    /// <summary>As the inbox has them: spread over its partitions.</summary>
    private static List<RecordBatch> Inserts(string prefix, int rows, int round) =>
    [
        .. Enumerable.Range(0, rows).Select(i => new RecordBatch("records", $"{prefix}-{round}-{i % LedgerKeys.InboxPartitions}").Insert($"{i:D6}", SampleData(i))),
    ];

    private static List<RecordBatch> Transactions(int rows, int round) =>
    [
        .. Enumerable.Range(0, rows).Chunk(RecordLimits.MaxBatchOperations).Select((chunk, number) =>
            chunk.Aggregate(new RecordBatch("records", $"many-{round}-{number}"), (batch, i) => batch.Insert($"{i:D6}", SampleData(i)))),
    ];

    private static async Task CommitAsync(IRecordStore store, RecordBatch batch, CancellationToken cancellationToken)
    {
        var result = await store.CommitAsync(batch, cancellationToken);
        if (!result.IsCommitted)
        {
            throw new InvalidOperationException($"A new row was refused: {result.Outcome}.");
        }
    }

    private static async Task SealAsync(ILedgerSealer sealer, int events, CancellationToken cancellationToken)
    {
        var count = await sealer.SealAsync(cancellationToken);
        if (count != events)
        {
            throw new InvalidOperationException($"{count} events were sealed, not {events}.");
        }
    }

    private static string Count(LedgerRig ledger, BenchmarkPlan plan, int rows)
    {
        var events = (double)rows * (plan.Repetitions + BenchmarkPlan.WarmUps);
        return $"The ledger wrote {ledger.Store.Operations / events:F2} rows in {ledger.Store.Batches / events:F2} transactions for one event.";
    }
}
