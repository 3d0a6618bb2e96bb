using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Core.Records;

namespace Gatehouse.Benchmarks.Azure;

/// <summary>The floor of a write to Azurite: a bare client that signs, posts one entity with the same bytes, and looks at nothing but the status.</summary>
internal sealed class RawTable(Uri tables, string account, string key, string table) : IDisposable
{
    private const string JsonType = "application/json";

    private readonly byte[] _key = Convert.FromBase64String(key);
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null });

    public Task CreateAsync(CancellationToken cancellationToken) =>
        PostAsync("Tables", Encoding.UTF8.GetBytes($$"""{"TableName":"{{table}}"}"""), cancellationToken);

    public Task InsertAsync(string partition, string row, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => PostAsync(
        table,
        Encoding.UTF8.GetBytes($$"""{"PartitionKey":"{{partition}}","RowKey":"{{row}}","d0@odata.type":"Edm.Binary","d0":"{{Convert.ToBase64String(data.Span)}}"}"""),
        cancellationToken);

    public Task InsertAsync(RecordBatch batch, CancellationToken cancellationToken) =>
        InsertAsync(batch.Partition, batch.Operations[0].Row, batch.Operations[0].Data, cancellationToken);

    public void Dispose() => _client.Dispose();

    private async Task PostAsync(string resource, byte[] body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{tables}{account}/{resource}"));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(JsonType);
        var date = TimeProvider.System.GetUtcNow().ToString("R");
        request.Headers.TryAddWithoutValidation("x-ms-date", date);
        request.Headers.TryAddWithoutValidation("x-ms-version", "2020-12-06");
        request.Headers.TryAddWithoutValidation("Accept", $"{JsonType};odata=nometadata");
        request.Headers.TryAddWithoutValidation("Prefer", "return-no-content");
        var signature = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{date}\n/{account}{request.RequestUri!.AbsolutePath}")));
        request.Headers.TryAddWithoutValidation("Authorization", $"SharedKeyLite {account}:{signature}");
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }
}
