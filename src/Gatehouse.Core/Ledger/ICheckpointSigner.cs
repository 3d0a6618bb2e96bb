using Gatehouse.Core.Results;

namespace Gatehouse.Core.Ledger;

/// <summary>Signs checkpoints. ECDSA P-256 over SHA-256, signatures in IEEE P1363 form (r‖s, 64 bytes). A key that cannot be used is a <see cref="SigningException"/>.</summary>
public interface ICheckpointSigner
{
    /// <summary>Names the key that signs now, e.g. a Key Vault key id with its version, or <c>local:…</c>. Keys are rotated: take the key of a signature from the signature.</summary>
    Task<string> GetKeyIdAsync(CancellationToken cancellationToken);

    /// <summary>SubjectPublicKeyInfo (DER) of the key that signs now.</summary>
    Task<byte[]> GetPublicKeyAsync(CancellationToken cancellationToken);

    Task<KeySignature> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);
}

/// <summary>A signature and the one version of the key that made it, together, so that no rotation comes between them.</summary>
/// <param name="Value">IEEE P1363, 64 bytes.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo, DER.</param>
public sealed record KeySignature(byte[] Value, string KeyId, byte[] PublicKey);

/// <summary>The key cannot be used now. What was to be signed waits and is signed later.</summary>
public sealed class SigningException(Error error, Exception? innerException = null) : Exception(error.Message, innerException)
{
    /// <summary>Names the key and what is wrong with it; never a secret.</summary>
    public Error Error { get; } = error;
}
