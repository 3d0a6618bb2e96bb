using Gatehouse.Azure.Http;
using Gatehouse.Core.Results;

namespace Gatehouse.Azure.KeyVault;

/// <summary>Why a key cannot sign, each naming vault and key.</summary>
internal static class KeyVaultErrors
{
    /// <param name="detail">What the vault said: its inner code, and its message.</param>
    public static Error Forbidden(VaultKeyId key, string? inner, string detail) => Unavailable("key-vault-forbidden", $"Key Vault refuses us the key {key}: {Remedy(inner)} It says: {detail}");

    public static Error Unauthorized(VaultKeyId key, string scope, string? challenge) => Unavailable(
        "key-vault-unauthorized",
        $"Key Vault does not take our token for the key {key}. It was for the scope '{scope}' ({KeyVaultOptions.Section}:Scope){(challenge is null ? string.Empty : $"; the vault asks for {challenge}")}.");

    public static Error KeyUnknown(VaultKeyId key) => Unavailable("key-vault-key-unknown", $"There is no key {key}; {KeyVaultOptions.Section}:KeyId names it. If it was deleted, it may still be recovered.");

    public static Error Disabled(VaultKeyId key) => Unavailable("key-vault-key-disabled", $"The key {key} is disabled; enable it, or make a new version.");

    public static Error Expired(VaultKeyId key, DateTimeOffset? since) => Unavailable("key-vault-key-expired", $"The key {key} has expired{(since is { } at ? $" ({at:u})" : string.Empty)}; make a new version.");

    public static Error NotYetValid(VaultKeyId key, DateTimeOffset? from) => Unavailable("key-vault-key-not-yet-valid", $"The key {key} is not valid yet{(from is { } at ? $" (from {at:u})" : string.Empty)}.");

    public static Error Unsuitable(VaultKeyId key, string found) => Unavailable("key-vault-key-unsuitable", $"The key {key} is {found}; it must be EC or EC-HSM on the curve P-256, and allowed to sign.");

    public static Error Throttled(VaultKeyId key, TimeSpan? retryAfter) => Unavailable("key-vault-throttled", $"Key Vault throttles us at the key {key}{(retryAfter is { } wait ? $" for {wait.TotalSeconds:0} s" : string.Empty)}.");

    public static Error Unreachable(VaultKeyId key, AzureFault fault) => Unavailable("key-vault-" + fault.Code, $"Key Vault could not be asked about the key {key}: {fault.Message}");

    public static Error Failed(VaultKeyId key, int status, string detail) => Unavailable("key-vault-failed", $"Key Vault answered {status} about the key {key}: {detail}");

    public static Error Malformed(VaultKeyId key, string what) => Unavailable("key-vault-answer-malformed", $"Key Vault's answer about the key {key} is not used: {what}.");

    public static Error SignatureWrong(VaultKeyId key) => Unavailable("key-vault-signature-wrong", $"What Key Vault answered is not a signature of the key {key} over what was to be signed; it is not used.");

    private static string Remedy(string? inner) => inner switch
    {
        "ForbiddenByPolicy" or "AccessDenied" => "our identity needs the key permissions Get and Sign in the vault's access policy.",
        "ForbiddenByFirewall" or "ForbiddenByConnection" => "the vault's firewall does not let our address in; add our network or a private endpoint.",
        _ => "our identity needs the role 'Key Vault Crypto User' on the key or its vault; a new assignment takes some minutes.",
    };

    private static Error Unavailable(string code, string message) => new(ErrorKind.Unavailable, code, message, $"{KeyVaultOptions.Section}:KeyId");
}
