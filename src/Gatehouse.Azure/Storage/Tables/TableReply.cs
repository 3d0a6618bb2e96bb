using System.Globalization;
using System.Text;
using Gatehouse.Azure.Http;

namespace Gatehouse.Azure.Storage.Tables;

/// <summary>What the Table service said to a write.</summary>
/// <param name="Status">0 when it said nothing we can read.</param>
/// <param name="Code">In the service's words, or a fault's code.</param>
/// <param name="Operation">Which one the error is about; null when it is not said.</param>
/// <param name="ETags">One for each operation of a success, in order; null where there was none.</param>
internal sealed record TableReply(int Status, string Code, string Message, int? Operation, IReadOnlyList<string?> ETags, TimeSpan? RetryAfter = null)
{
    /// <summary>What it was read from.</summary>
    public required AzureAnswer Answer { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;

    public bool IsTransient => Status is 0 or 408 or 429 or >= 500 || Code is "TableBeingDeleted";

    /// <summary>The service turns a busy partition's requests away before it does anything.</summary>
    public bool MayHaveApplied => IsTransient && Code is not ("ServerBusy" or "credential-failed" or "TableBeingDeleted") && Status != 429;

    public static TableReply OfSingle(AzureAnswer answer)
    {
        if (answer.Fault is { } fault)
        {
            return new(0, fault.Code, fault.Message, null, []) { Answer = answer };
        }

        return answer.IsSuccess
            ? new(answer.Status, string.Empty, string.Empty, null, [answer.Headers.GetValueOrDefault("ETag")]) { Answer = answer }
            : Refused(answer.Status, StorageError.Read(answer), answer) with { Operation = 0, RetryAfter = answer.RetryAfter };
    }

    /// <summary>A batch is answered 202 even when it was refused; the body then holds one error, about the operation whose number its message starts with.</summary>
    public static TableReply OfBatch(AzureAnswer answer, int operations)
    {
        if (answer.Fault is not null || !answer.IsSuccess)
        {
            return OfSingle(answer) with { Operation = null };
        }

        var (status, etags) = (0, new List<string?>());
        foreach (var line in Encoding.UTF8.GetString(answer.Body.Span).Split('\n').Select(line => line.TrimEnd('\r')))
        {
            if (line.StartsWith("HTTP/1.1 ", StringComparison.OrdinalIgnoreCase))
            {
                status = int.TryParse(line.AsSpan(9, Math.Min(3, line.Length - 9)), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
                etags.Add(null);
            }
            else if (line.StartsWith("ETag:", StringComparison.OrdinalIgnoreCase) && etags.Count > 0)
            {
                etags[^1] = line[5..].Trim();
            }
            else if (status >= 400 && line.StartsWith('{'))
            {
                return Numbered(Refused(status, StorageError.Read(Encoding.UTF8.GetBytes(line)), answer));
            }
        }

        return status is >= 200 and < 300 && etags.Count == operations
            ? new(status, string.Empty, string.Empty, null, etags) { Answer = answer }
            : new(0, "unreadable-batch-reply", $"The reply to {operations} operations has {etags.Count} parts, the last with status {status}.", null, []) { Answer = answer };
    }

    private static TableReply Numbered(TableReply refused)
    {
        var colon = refused.Message.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && int.TryParse(refused.Message.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var operation)
            ? refused with { Operation = operation }
            : refused;
    }

    private static TableReply Refused(int status, StorageError error, AzureAnswer answer) => new(status, error.Code, error.Message, null, []) { Answer = answer };
}
