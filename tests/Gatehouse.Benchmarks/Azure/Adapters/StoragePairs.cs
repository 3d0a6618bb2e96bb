using System.Text;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Records;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Benchmarks.Azure.Adapters;

/// <summary>Tables and queues: signed with the account's key, so plain HTTP will do.</summary>
internal static class StoragePairs
{
    private const string Data = """{"id":"01j0intake000000000042","state":"Replicating","digest":"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}""";

    private static readonly RecordKey Key = new("records", "partition", "row");

    public static CallPair ReadRow()
    {
        var server = new CannedServer().With(new CannedAnswer(null, "200 OK", "Content-Type: application/json\r\nx-ms-request-id: 1\r\n", Entity()));
        var (services, client) = (StorageServices.Connect(StorageServices.AccountAt(server.Uri)), BareClient.Create());
        var store = services.GetRequiredService<IRecordStore>();
        return new CallPair(
            new("reading one row of a table", async token => _ = await store.GetAsync(Key, token) ?? throw new InvalidOperationException("The row was not found.")),
            BareClient.Get("bare GET of the same answer", client, server.Uri),
            null,
            client,
            services,
            server);
    }

    public static CallPair PutMessage()
    {
        var server = new CannedServer().With(new CannedAnswer(null, "201 Created", "Content-Type: application/xml\r\nx-ms-request-id: 1\r\n", "<QueueMessagesList/>"));
        var (services, client) = (StorageServices.Connect(StorageServices.AccountAt(server.Uri)), BareClient.Create());
        var queue = services.GetRequiredService<IWorkQueue>();
        return new CallPair(
            new("putting one message on a queue", token => queue.EnqueueAsync(QueueNames.IntakeWork, "{}", TimeSpan.Zero, token)),
            BareClient.Post("bare POST of the same message", client, server.Uri, "<QueueMessage><MessageText>e30=</MessageText></QueueMessage>", null),
            null,
            client,
            services,
            server);
    }

    private static string Entity() =>
        $$"""{"odata.etag":"W/\"datetime'2026-03-01T12%3A00%3A00.0000000Z'\"","PartitionKey":"{{Key.Partition}}","RowKey":"{{Key.Row}}","w":"1","d0@odata.type":"Edm.Binary","d0":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(Data))}}"}""";
}
