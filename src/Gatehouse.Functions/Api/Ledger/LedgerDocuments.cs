using System.Text.Json;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Functions.Api.Ledger;

/// <param name="Body">What is signed, UTF-8.</param>
/// <param name="Signature">ECDSA P-256 over SHA-256 of the body, IEEE P1363, base64.</param>
internal sealed record CheckpointDocument(string Origin, long Size, string Root, DateTimeOffset At, string KeyId, string Body, string Signature)
{
    public static CheckpointDocument From(Checkpoint checkpoint) => new(
        checkpoint.Origin,
        checkpoint.Size,
        Convert.ToBase64String(checkpoint.Root),
        checkpoint.At,
        checkpoint.KeyId,
        checkpoint.Body,
        Convert.ToBase64String(checkpoint.Signature));
}

/// <param name="Data">The exact bytes that were hashed, base64.</param>
/// <param name="Event">The same, for reading; never hash this.</param>
internal sealed record EntryDocument(long Index, string Data, JsonElement Event)
{
    public static EntryDocument From(LedgerEntry entry)
    {
        using var document = JsonDocument.Parse(entry.Data);
        return new EntryDocument(entry.Index, Convert.ToBase64String(entry.Data.Span), document.RootElement.Clone());
    }
}

internal sealed record EntryListDocument(IReadOnlyList<EntryDocument> Entries, long Size);

/// <param name="Path">Sibling hashes from the leaf up, base64. Source: RFC 6962 section 2.1.1.</param>
internal sealed record InclusionDocument(long Index, long Size, string LeafHash, IReadOnlyList<string> Path);

/// <param name="Path">Base64. Source: RFC 6962 section 2.1.2.</param>
internal sealed record ConsistencyDocument(long First, long Second, IReadOnlyList<string> Path);
