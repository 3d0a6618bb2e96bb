using Gatehouse.Benchmarks.Measuring;
using Gatehouse.Benchmarks.Reporting;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Records;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Benchmarks.Azure;

/// <summary>What one call costs through the adapters' pipelines, against the same call by a bare <see cref="HttpClient"/>: time and memory.</summary>
internal sealed class AdapterBenchmark : IBenchmark
{
    private const string Data = """{"id":"01j0intake000000000042","state":"Replicating","digest":"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}""";

    private static readonly RecordKey Key = new("records", "partition", "row");

    public string Name => "adapters";

    public async Task<Section> RunAsync(BenchmarkPlan plan, CancellationToken cancellationToken)
    {
        using var row = new CannedServer("200 OK", "Content-Type: application/json\r\nx-ms-request-id: 1\r\n", Entity());
        using var created = new CannedServer("201 Created", "Content-Type: application/xml\r\nx-ms-request-id: 1\r\n", "<QueueMessagesList/>");
        await using var tables = StorageServices.Connect(StorageServices.AccountAt(row.Uri));
        await using var queues = StorageServices.Connect(StorageServices.AccountAt(created.Uri));
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null });
        var (store, queue) = (tables.GetRequiredService<IRecordStore>(), queues.GetRequiredService<IWorkQueue>());
        var message = new ByteArrayContent("<QueueMessage><MessageText>e30=</MessageText></QueueMessage>"u8.ToArray());
        Call[] calls =
        [
            new("reading one row of a table", async token => _ = await store.GetAsync(Key, token) ?? throw new InvalidOperationException("The row was not found.")),
            new("bare GET of the same answer", async token => _ = await client.GetByteArrayAsync(row.Uri, token)),
            new("putting one message on a queue", token => queue.EnqueueAsync(QueueNames.IntakeWork, "{}", TimeSpan.Zero, token)),
            new("bare POST of the same message", async token => (await client.PostAsync(created.Uri, message, token)).Dispose()),
        ];
        var measured = await Rounds.RunAsync(plan.Repetitions, [.. calls.Select(call => new Contender(call.Name, token => Rounds.TimeAsync(plan.AdapterCalls, () => RepeatAsync(call, plan.AdapterCalls, token))))], cancellationToken);
        var bytes = new List<double>();
        foreach (var call in calls)
        {
            bytes.Add(await AllocatedAsync(call, plan.AdapterCalls, cancellationToken));
        }

        return new Section(
            "Adapters: one call",
            $"{plan.AdapterCalls:N0} calls, one after another on one connection, to a server on loopback that answers at once, always with the same bytes, and allocates nothing. The adapters sign, stamp, "
            + "send through Azure.Core's pipeline (retries, request ids, diagnostics), read within a limit and parse; the bare client sends and reads.",
            [
                new(calls[0].Name, calls[1].Name, measured[0].Over(measured[1])),
                new(calls[2].Name, calls[3].Name, measured[2].Over(measured[3])),
            ],
            [.. measured.Select((series, index) => new Figure(calls[index].Name, "call", series))],
            [
                .. new[] { 0, 2 }.Select(index =>
                    $"Allocated by {calls[index].Name}: {bytes[index]:N0} bytes a call; by the bare call {bytes[index + 1]:N0}: {MarkdownReport.Number(bytes[index] / bytes[index + 1])} times as much."),
            ]);
    }

    private static string Entity() =>
        $$"""{"odata.etag":"W/\"datetime'2026-03-01T12%3A00%3A00.0000000Z'\"","PartitionKey":"{{Key.Partition}}","RowKey":"{{Key.Row}}","w":"1","d0@odata.type":"Edm.Binary","d0":"{{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Data))}}"}""";

    private static async Task RepeatAsync(Call call, int times, CancellationToken cancellationToken)
    {
        for (var i = 0; i < times; i++)
        {
            await call.RunAsync(cancellationToken);
        }
    }

    private static async Task<double> AllocatedAsync(Call call, int times, CancellationToken cancellationToken)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await RepeatAsync(call, times, cancellationToken);
        return (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / times;
    }

    private sealed record Call(string Name, Func<CancellationToken, Task> RunAsync);
}
