using Gatehouse.Core.Results;

namespace Gatehouse.Core.Ledger.Verification;

internal static class VerificationErrors
{
    public static Error ExportMalformed(long line, string what) =>
        Invalid("ledger-export-malformed", $"Line {line} of the export cannot be read: {what}.");

    public static Error CheckpointMalformed() =>
        Invalid("ledger-checkpoint-malformed", "The checkpoint is not four lines of origin, size, base64 root and time.");

    public static Error NoteMalformed() =>
        Invalid("ledger-note-malformed", "The published checkpoint is not four lines of origin, size, base64 root and time, an empty line, and a signature line of the origin.");

    public static Error KeyMalformed() =>
        Invalid("ledger-key-malformed", "The public key is not a P-256 key in SubjectPublicKeyInfo form.");

    public static Error KeyUntrusted(string fingerprint, IEnumerable<string> trusted) =>
        Invalid("ledger-key-untrusted", $"The export is signed with the key {fingerprint} (SHA-256), not with a trusted key ({string.Join(", ", trusted)}).");

    public static Error NoteKeyUntrusted(string keyId) =>
        Invalid("ledger-key-untrusted", $"The published checkpoint is signed with a key whose SHA-256 starts with {keyId}; no trusted key's does.");

    public static Error SignatureWrong(string keyId) =>
        Invalid("ledger-signature-wrong", $"The checkpoint's signature is not one of the key '{keyId}' over this checkpoint.");

    public static Error EntryOutOfOrder(long line, long found, long expected) =>
        Invalid("ledger-entry-out-of-order", $"Line {line} of the export holds entry {found} where entry {expected} belongs.");

    public static Error SizeMismatch(long entries, long size) =>
        Invalid("ledger-size-mismatch", $"The export ends after {entries} entries; its checkpoint signs {size}.");

    public static Error RootMismatch(long size) =>
        Invalid("ledger-root-mismatch", $"The root over the export's {size} entries is not the signed one: an entry was changed, dropped or reordered.");

    public static Error Rewritten(long size) =>
        Invalid("ledger-rewritten", $"The export does not extend the earlier checkpoint of {size} entries: what it signed was changed or taken away.");

    private static Error Invalid(string code, string message) => new(ErrorKind.Invalid, code, message);
}
