using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Storage;

/// <summary>Lists and deletes. A table's name cannot hold a separator, so a namespace must not begin as another does. Source: Query Tables, Delete Table, List Queues, Delete Queue.</summary>
internal sealed class StorageNamespace(StoragePipelines pipelines, StorageAccount account, StorageFaults faults, ILogger<StorageNamespace> logger) : IStorageNamespace
{
    /// <summary>Longest list, in bytes: 1,000 tables or 5,000 queues a page.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly string _tables = account.Tables.AbsoluteUri.TrimEnd('/');
    private readonly string _queues = account.Queues.AbsoluteUri.TrimEnd('/');

    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        if (account.Namespace.Length == 0)
        {
            throw new InvalidOperationException($"{AzureStorageOptions.Section}:Namespace is empty; only the tables and queues of a namespace can be removed.");
        }

        var tables = await ListTablesAsync(cancellationToken);
        var queues = await ListQueuesAsync(cancellationToken);
        foreach (var table in tables)
        {
            await DeleteAsync(StorageService.Table, pipelines.TableReads, $"{_tables}/Tables('{table}')", cancellationToken);
        }

        foreach (var queue in queues)
        {
            await DeleteAsync(StorageService.Queue, pipelines.Queues, $"{_queues}/{queue}", cancellationToken);
        }

        logger.NamespaceRemoved(tables.Count, queues.Count, account.Namespace);
    }

    private async Task<List<string>> ListTablesAsync(CancellationToken cancellationToken)
    {
        // '{' is the character after 'z'.
        var filter = Uri.EscapeDataString($"TableName ge '{account.Namespace}' and TableName lt '{account.Namespace}{{'");
        var (names, next) = (new List<string>(), string.Empty);
        do
        {
            var answer = await SendAsync(StorageService.Table, pipelines.TableReads, RequestMethod.Get, $"{_tables}/Tables?$filter={filter}{next}", "application/json;odata=nometadata", cancellationToken);
            names.AddRange(TableNames(answer));
            next = answer.Headers.TryGetValue("x-ms-continuation-NextTableName", out var token) ? $"&NextTableName={Uri.EscapeDataString(token)}" : string.Empty;
        }
        while (next.Length > 0);
        return [.. names.Where(name => name.StartsWith(account.Namespace, StringComparison.Ordinal))];
    }

    private async Task<List<string>> ListQueuesAsync(CancellationToken cancellationToken)
    {
        var (names, next) = (new List<string>(), string.Empty);
        do
        {
            var answer = await SendAsync(StorageService.Queue, pipelines.Queues, RequestMethod.Get, $"{_queues}/?comp=list&prefix={account.QueuePrefix}{next}", "application/xml", cancellationToken);
            var (page, token) = QueueNames(answer);
            names.AddRange(page);
            next = token.Length > 0 ? $"&marker={Uri.EscapeDataString(token)}" : string.Empty;
        }
        while (next.Length > 0);
        return [.. names.Where(name => name.StartsWith(account.QueuePrefix, StringComparison.Ordinal))];
    }

    private static List<string> TableNames(AzureAnswer answer)
    {
        try
        {
            using var list = JsonDocument.Parse(answer.Body);
            return [.. list.RootElement.GetProperty("value").EnumerateArray().Select(table => table.GetProperty("TableName").GetString() ?? string.Empty)];
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new IOException("The Table service answered with something that is no list of tables.", unreadable);
        }
    }

    private static (IEnumerable<string> Names, string Next) QueueNames(AzureAnswer answer)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(answer.Body.ToArray()), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var list = XDocument.Load(reader).Root!;
            return (list.Descendants("Queue").Select(queue => queue.Element("Name")?.Value ?? string.Empty), list.Element("NextMarker")?.Value ?? string.Empty);
        }
        catch (XmlException unreadable)
        {
            throw new IOException("The Queue service answered with something that is no list of queues.", unreadable);
        }
    }

    private async Task DeleteAsync(StorageService service, HttpPipeline pipeline, string url, CancellationToken cancellationToken) =>
        await SendAsync(service, pipeline, RequestMethod.Delete, url, service == StorageService.Table ? "application/json;odata=nometadata" : "application/xml", cancellationToken);

    private async Task<AzureAnswer> SendAsync(StorageService service, HttpPipeline pipeline, RequestMethod method, string url, string accept, CancellationToken cancellationToken)
    {
        var answer = await pipeline.SendAsync(
            request =>
            {
                request.Method = method;
                request.Uri.Reset(new Uri(url));
            },
            accept,
            MaxBytes,
            cancellationToken);

        // Gone already is what a delete wants.
        return answer.IsSuccess || (method == RequestMethod.Delete && (StorageError.IsRowAbsent(answer) || StorageError.IsQueueAbsent(answer)))
            ? answer
            : throw new IOException(faults.Tell(service, $"{method} {new Uri(url).AbsolutePath}", answer));
    }
}
