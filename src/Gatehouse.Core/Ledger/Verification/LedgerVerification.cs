namespace Gatehouse.Core.Ledger.Verification;

/// <summary>What the verifier knows from elsewhere; without it, an export only proves that it agrees with itself.</summary>
/// <param name="PublicKeys">SubjectPublicKeyInfo (DER) of the keys the ledger may be signed with: more than one where the key was rotated. None accepts the export's own key.</param>
/// <param name="Earlier">A checkpoint seen before: the export must extend exactly that ledger.</param>
public sealed record LedgerTrust(IReadOnlyList<ReadOnlyMemory<byte>> PublicKeys, Checkpoint? Earlier = null)
{
    public LedgerTrust(ReadOnlyMemory<byte>? publicKey = null, Checkpoint? earlier = null)
        : this(publicKey is { } key ? [key] : [], earlier)
    {
    }

    public static LedgerTrust None { get; } = new([]);
}

/// <param name="IsKeyPinned">Whether the key was compared with <see cref="LedgerTrust.PublicKeys"/>.</param>
/// <param name="KeyFingerprint">Lower-case hexadecimal SHA-256 of the signing key's SubjectPublicKeyInfo.</param>
/// <param name="ExtendsEarlier">Whether it was compared with <see cref="LedgerTrust.Earlier"/>.</param>
public sealed record LedgerVerification(Checkpoint Checkpoint, bool IsKeyPinned, string KeyFingerprint, bool ExtendsEarlier);
