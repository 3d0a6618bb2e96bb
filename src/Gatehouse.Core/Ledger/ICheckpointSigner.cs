namespace Gatehouse.Core.Ledger;

/// <summary>Signs checkpoints. ECDSA P-256 over SHA-256, signatures in IEEE P1363 form (r‖s, 64 bytes).</summary>
public interface ICheckpointSigner
{
    /// <summary>Names the key in checkpoints, e.g. a Key Vault key id or <c>local</c>.</summary>
    Task<string> GetKeyIdAsync(CancellationToken cancellationToken);

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    Task<byte[]> GetPublicKeyAsync(CancellationToken cancellationToken);

    Task<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);
}
