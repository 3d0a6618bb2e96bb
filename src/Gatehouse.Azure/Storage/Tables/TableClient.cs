using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Core;
using Gatehouse.Azure.Http;
using Gatehouse.Core.Records;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Storage.Tables;

/// <summary>The calls to the Table service. Source: Table service REST API.</summary>
internal sealed class TableClient(StoragePipelines pipelines, StorageAccount account, StorageFaults faults, ILogger<TableClient> logger)
{
    /// <summary>The least that still says the ETags.</summary>
    public const string Accept = "application/json;odata=minimalmetadata";

    /// <summary>Longest answer, in bytes: 32 MiB; the service ends its pages long before.</summary>
    private const int MaxBytes = 32 * 1024 * 1024;

    public TableAddresses Addresses { get; } = new(account);

    public Task<TableReply> SendAsync(TableCall call, CancellationToken cancellationToken) =>
        WriteAsync(call.Method, call.Uri, call.Headers(), call.Body, TableReply.OfSingle, cancellationToken);

    /// <exception cref="ArgumentException">Its body would be longer than the service takes.</exception>
    public Task<TableReply> SendBatchAsync(string id, IReadOnlyList<TableCall> calls, CancellationToken cancellationToken) => WriteAsync(
        RequestMethod.Post,
        Addresses.Batch,
        [("Content-Type", BatchBody.ContentType(id)), ("DataServiceVersion", "3.0")],
        BatchBody.Write(id, calls),
        answer => TableReply.OfBatch(answer, calls.Count),
        cancellationToken);

    /// <summary>Makes the table unless it is there.</summary>
    public async Task<TableReply> CreateTableAsync(string table, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["TableName"] = account.TableOf(table) }, TableJson.Default.DictionaryStringString);
        var reply = await SendAsync(new TableCall(RequestMethod.Post, Addresses.Tables, null, body), cancellationToken);
        if (reply.IsSuccess)
        {
            logger.TableCreated(table);
        }

        return reply.Code == "TableAlreadyExists" ? reply with { Status = 204 } : reply;
    }

    /// <summary>Null when the row, or the whole table, is not there.</summary>
    public async Task<TableRow?> FindAsync(RecordKey key, CancellationToken cancellationToken)
    {
        var answer = await GetAsync(Addresses.Row(key.Table, key.Partition, key.Row), cancellationToken);
        if (StorageError.IsRowAbsent(answer))
        {
            return null;
        }

        using var document = Parse(key.Table, answer);
        return TableRow.Read(key.Table, document.RootElement);
    }

    public async IAsyncEnumerable<Record> QueryAsync(RecordQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = query.Take;
        (string Partition, string? Row)? next = null;
        do
        {
            var answer = await GetAsync(Addresses.Page(query, left, next), cancellationToken);
            // Once there was a page there is a table: that it is gone now would cut the list short.
            if (next is null && StorageError.IsRowAbsent(answer))
            {
                yield break;
            }

            foreach (var record in Page(query.Table, answer))
            {
                yield return record;
                if (--left == 0)
                {
                    yield break;
                }
            }

            // A page may be empty and yet not the last.
            next = answer.Headers.TryGetValue("x-ms-continuation-NextPartitionKey", out var partition)
                ? (partition, answer.Headers.GetValueOrDefault("x-ms-continuation-NextRowKey"))
                : null;
        }
        while (next is not null);
    }

    private List<Record> Page(string table, AzureAnswer answer)
    {
        using var document = Parse(table, answer);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(entity => TableRow.Read(table, entity).Record)]
            : throw new RecordStoreException($"The Table service answered a query of '{table}' with something that is no list.");
    }

    private JsonDocument Parse(string table, AzureAnswer answer)
    {
        if (!answer.IsSuccess)
        {
            throw new RecordStoreException(faults.Tell(StorageService.Table, $"Reading table '{table}'", answer));
        }

        try
        {
            return JsonDocument.Parse(answer.Body);
        }
        catch (JsonException unreadable)
        {
            throw new RecordStoreException($"The Table service answered a read of '{table}' with something that is not JSON.", unreadable);
        }
    }

    private Task<AzureAnswer> GetAsync(Uri uri, CancellationToken cancellationToken) => pipelines.TableReads.SendAsync(
        request =>
        {
            request.Method = RequestMethod.Get;
            request.Uri.Reset(uri);
            request.Headers.SetValue("DataServiceVersion", "3.0");
        },
        Accept,
        MaxBytes,
        cancellationToken);

    private async Task<TableReply> WriteAsync(
        RequestMethod method,
        Uri uri,
        IEnumerable<(string Name, string Value)> headers,
        byte[]? body,
        Func<AzureAnswer, TableReply> read,
        CancellationToken cancellationToken)
    {
        var answer = await pipelines.TableOnce.SendAsync(
            request =>
            {
                request.Method = method;
                request.Uri.Reset(uri);
                request.Content = body is null ? null : RequestContent.Create(body);
                foreach (var (name, value) in headers)
                {
                    request.Headers.SetValue(name, value);
                }
            },
            Accept,
            MaxBytes,
            cancellationToken);
        return read(answer);
    }
}
