using Gatehouse.Core.Results;

namespace Gatehouse.Core.Ledger;

/// <summary>A signed statement of the log's size and root. <paramref name="Body"/> is what is signed, as a C2SP checkpoint (signed note body): origin, size, base64 root, extension lines.</summary>
/// <param name="Root">RFC 6962 root hash, 32 bytes.</param>
/// <param name="Signature">IEEE P1363, over the UTF-8 bytes of <paramref name="Body"/>.</param>
public sealed record Checkpoint(string Origin, long Size, byte[] Root, DateTimeOffset At, string KeyId, string Body, byte[] Signature);

/// <param name="Data">The exact bytes that were hashed; UTF-8 JSON of one <see cref="LedgerEvent"/>.</param>
public sealed record LedgerEntry(long Index, ReadOnlyMemory<byte> Data);

/// <param name="Path">Sibling hashes from the leaf up. Source: RFC 6962 section 2.1.1.</param>
public sealed record InclusionProof(long Index, long Size, byte[] LeafHash, IReadOnlyList<byte[]> Path);

/// <param name="Path">Source: RFC 6962 section 2.1.2.</param>
public sealed record ConsistencyProof(long FirstSize, long SecondSize, IReadOnlyList<byte[]> Path);

public interface ILedger
{
    /// <summary>The newest signed checkpoint; null before the first seal.</summary>
    Task<Checkpoint?> GetCheckpointAsync(CancellationToken cancellationToken);

    /// <summary>SubjectPublicKeyInfo (DER) of the signing key.</summary>
    Task<byte[]> GetPublicKeyAsync(CancellationToken cancellationToken);

    /// <summary>Signed entries only, in order.</summary>
    IAsyncEnumerable<LedgerEntry> ReadAsync(long from, long count, CancellationToken cancellationToken);

    /// <summary>The index of an event by its id; refused with <c>ledger-entry-unknown</c> when it is not sealed.</summary>
    Task<Result<long>> FindAsync(string eventId, CancellationToken cancellationToken);

    /// <param name="size">The tree to prove against; at most the signed size.</param>
    Task<Result<InclusionProof>> ProveInclusionAsync(long index, long size, CancellationToken cancellationToken);

    Task<Result<ConsistencyProof>> ProveConsistencyAsync(long firstSize, long secondSize, CancellationToken cancellationToken);

    /// <summary>Writes the whole signed log as JSON lines: a header with checkpoint and public key, then an entry a line.</summary>
    Task ExportAsync(Stream destination, CancellationToken cancellationToken);
}

public interface ILedgerSealer
{
    /// <summary>Moves waiting events into the log and signs a new checkpoint; returns how many were sealed. Safe to run twice at once: one wins.</summary>
    Task<int> SealAsync(CancellationToken cancellationToken);
}
