using Gatehouse.Core.Records;

namespace Gatehouse.Azure.Storage.Tables;

/// <summary>A query's range in OData. No bound holds a control character, which the service may refuse: valid keys have none, so there is always an equal bound without.</summary>
internal static class TableFilter
{
    private const char Lowest = '\u0001';
    private const char BeyondLast = '\u007f';

    public static string Of(RecordQuery query)
    {
        var filter = $"PartitionKey eq {Literal(query.Partition)}";
        if (query.From is { Length: > 0 } from)
        {
            filter += from[^1] == Lowest ? $" and RowKey gt {Literal(from[..^1])}" : $" and RowKey ge {Literal(from)}";
        }

        return query.Before is { } before && Printable(before) is { } end ? $"{filter} and RowKey lt {Literal(end)}" : filter;
    }

    /// <summary>The bound that cuts valid keys at the same place; null when all lie before it.</summary>
    private static string? Printable(string before)
    {
        while (before is [.., BeyondLast])
        {
            before = before[..^1];
            if (before.Length == 0)
            {
                return null;
            }

            before = before[..^1] + (char)(before[^1] + 1);
        }

        return before;
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
