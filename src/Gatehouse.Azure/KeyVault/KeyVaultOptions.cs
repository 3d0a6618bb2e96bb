namespace Gatehouse.Azure.KeyVault;

/// <summary>The key that signs checkpoints; bound from <c>Gatehouse:Azure:KeyVault</c>.</summary>
public sealed class KeyVaultOptions
{
    public const string Section = "Gatehouse:Azure:KeyVault";

    public const string DefaultApiVersion = "7.4";

    /// <summary>Of an EC P-256 key: <c>https://{vault}.vault.azure.net/keys/{name}</c>, and <c>/{version}</c> to sign with that version for ever. The vault's host must be below the host of <c>Scope</c>, or on loopback.</summary>
    public string? KeyId { get; set; }

    /// <summary>The Entra scope of tokens for the vault; null for the cloud's own, <c>https://vault.azure.net/.default</c> in the public one. Tokens go to no host but one below the scope's.</summary>
    public string? Scope { get; set; }

    /// <summary>The version of the Key Vault API.</summary>
    public string ApiVersion { get; set; } = DefaultApiVersion;

    /// <summary>How often the vault is asked for a newer version of a key without one in its id. The default is 5 minutes; from 10 seconds to 24 hours.</summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMinutes(5);
}
