using Gatehouse.Core.Records;

namespace Gatehouse.Azure.Storage.Tables;

/// <summary>The URLs of one account's Table service. Azurite has the account in the path, Azure in the host.</summary>
internal sealed class TableAddresses(StorageAccount account)
{
    private const int MaxPage = 1000;

    private readonly string _base = account.Tables.AbsoluteUri.TrimEnd('/');

    public Uri Tables => new($"{_base}/Tables");

    public Uri Batch => new($"{_base}/$batch");

    public Uri Table(string table) => new($"{_base}/{account.TableOf(table)}");

    public Uri Row(string table, string partition, string row) =>
        new($"{_base}/{account.TableOf(table)}(PartitionKey='{Quoted(partition)}',RowKey='{Quoted(row)}')");

    /// <param name="take">How many are still wanted; null for all.</param>
    /// <param name="next">Where the service said to go on, opaque; null for the first page.</param>
    public Uri Page(RecordQuery query, int? take, (string Partition, string? Row)? next)
    {
        var url = $"{_base}/{account.TableOf(query.Table)}()?$filter={Uri.EscapeDataString(TableFilter.Of(query))}&$top={Math.Min(take ?? MaxPage, MaxPage)}";
        if (next is { } token)
        {
            url += $"&NextPartitionKey={Uri.EscapeDataString(token.Partition)}";
            url += token.Row is null ? string.Empty : $"&NextRowKey={Uri.EscapeDataString(token.Row)}";
        }

        return new Uri(url);
    }

    private static string Quoted(string key) => Uri.EscapeDataString(key.Replace("'", "''", StringComparison.Ordinal));
}
