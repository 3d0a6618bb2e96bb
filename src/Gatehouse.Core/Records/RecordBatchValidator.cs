namespace Gatehouse.Core.Records;

/// <summary>Holds every back end to the same limits, so that code which passes on one passes on all.</summary>
public static class RecordBatchValidator
{
    private const int MinTableLength = 3;
    private const int MaxTableLength = 63;

    /// <exception cref="ArgumentException">The batch breaks a limit; the message names the limit and the value.</exception>
    public static void Validate(RecordBatch batch)
    {
        ValidateTable(batch.Table);
        ValidateKey("partition key", batch.Partition);
        if (batch.Operations.Count is 0 or > RecordLimits.MaxBatchOperations)
        {
            throw new ArgumentException($"A batch holds 1 to {RecordLimits.MaxBatchOperations} operations; this one holds {batch.Operations.Count}.", nameof(batch));
        }

        var rows = new HashSet<string>(batch.Operations.Count, StringComparer.Ordinal);
        long bytes = 0;
        foreach (var operation in batch.Operations)
        {
            Validate(operation);
            bytes += operation.Data.Length;
            if (!rows.Add(operation.Row))
            {
                throw new ArgumentException($"A batch names each row once; '{operation.Row}' is named twice.", nameof(batch));
            }
        }

        if (bytes > RecordLimits.MaxBatchBytes)
        {
            throw new ArgumentException($"A batch holds at most {RecordLimits.MaxBatchBytes} bytes of data; this one holds {bytes}.", nameof(batch));
        }
    }

    /// <exception cref="ArgumentException">A part of the key cannot be stored.</exception>
    public static void Validate(RecordKey key)
    {
        ValidateTable(key.Table);
        ValidateKey("partition key", key.Partition);
        ValidateKey("row key", key.Row);
    }

    /// <summary>The bounds need not be valid keys: <see cref="RecordQuery.Prefix"/> and <see cref="RecordQuery.After"/> make some that are not.</summary>
    /// <exception cref="ArgumentException">The table, the partition or the number asked for is impossible.</exception>
    public static void Validate(RecordQuery query)
    {
        ValidateTable(query.Table);
        ValidateKey("partition key", query.Partition);
        if (query.Take is <= 0)
        {
            throw new ArgumentException($"A query takes at least one record; Take is {query.Take}.", nameof(query));
        }
    }

    private static void Validate(RecordOperation operation)
    {
        ValidateKey("row key", operation.Row);
        if (operation.Data.Length > RecordLimits.MaxDataBytes)
        {
            throw new ArgumentException($"A record holds at most {RecordLimits.MaxDataBytes} bytes; '{operation.Row}' has {operation.Data.Length}.", nameof(operation));
        }

        // "*" means "any version" on Table storage; Upsert and Delete without an ETag say that here.
        if (operation is { Kind: RecordOperationKind.Replace, ETag: null } or { ETag: "" or "*" })
        {
            throw new ArgumentException($"A {operation.Kind} of '{operation.Row}' names a version by its ETag; '{operation.ETag}' is none.", nameof(operation));
        }
    }

    private static void ValidateTable(string? table)
    {
        if (table is not { Length: >= MinTableLength and <= MaxTableLength } || !char.IsAsciiLetterLower(table[0]) || !table.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
        {
            throw new ArgumentException($"A table name is {MinTableLength} to {MaxTableLength} lower-case letters and digits, starting with a letter; '{table}' is not.", nameof(table));
        }
    }

    private static void ValidateKey(string what, string? key)
    {
        if (!RecordKeys.IsValid(key))
        {
            throw new ArgumentException($"A {what} is 1 to {RecordLimits.MaxKeyLength} printable ASCII characters without / \\ # ?; '{key}' is not (see RecordKeys.Encode).", nameof(key));
        }
    }
}
