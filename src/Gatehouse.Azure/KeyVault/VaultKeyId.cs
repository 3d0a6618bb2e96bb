using System.Text.RegularExpressions;
using Gatehouse.Azure.Http;

namespace Gatehouse.Azure.KeyVault;

/// <summary>What a key's identifier says.</summary>
/// <param name="Vault">Scheme, host and port.</param>
/// <param name="Version">Null for the newest there is.</param>
internal sealed partial record VaultKeyId(Uri Vault, string Name, string? Version)
{
    /// <summary>Null unless it is an https URL of a key.</summary>
    public static VaultKeyId? TryParse(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri is { Scheme: "https", UserInfo: "", Query: "", Fragment: "" }
        && Path().Match(uri.AbsolutePath) is { Success: true } path
            ? new VaultKeyId(new Uri(uri.GetLeftPart(UriPartial.Authority)), path.Groups["name"].Value, path.Groups["version"] is { Success: true } version ? version.Value : null)
            : null;

    /// <summary>Whether tokens of that scope may go to the vault: they are meant for hosts below the scope's. Source: Azure SDK, verification of the challenge resource.</summary>
    public bool IsBelow(string scope) =>
        Loopback.IsHost(Vault.Host)
        || (Uri.TryCreate(scope, UriKind.Absolute, out var uri) && Vault.Host.EndsWith("." + uri.Host, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether both are versions of one key in one vault.</summary>
    public bool IsSameKey(VaultKeyId other) => Vault == other.Vault && Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => $"{Vault.GetLeftPart(UriPartial.Authority)}/keys/{Name}{(Version is null ? string.Empty : "/" + Version)}";

    [GeneratedRegex(@"\A/keys/(?<name>[A-Za-z0-9-]{1,127})(?:/(?<version>[A-Za-z0-9]{1,64}))?/?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Path();
}
