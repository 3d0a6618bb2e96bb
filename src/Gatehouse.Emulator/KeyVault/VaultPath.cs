namespace Gatehouse.Emulator.KeyVault;

internal enum VaultCall
{
    Get,
    Versions,
    Sign,
}

/// <summary><c>/keys/{name}</c>, <c>/keys/{name}/{version}</c>, <c>/keys/{name}/versions</c>, <c>/keys/{name}/{version}/sign</c>.</summary>
/// <param name="Version">Null for the newest.</param>
internal sealed record VaultPath(VaultCall Call, string Name, string? Version)
{
    /// <summary>Null when it is none of them.</summary>
    public static VaultPath? Parse(string method, string path) => (method, path.Trim('/').Split('/')) switch
    {
        ("GET", ["keys", { Length: > 0 } name]) => new VaultPath(VaultCall.Get, name, null),
        ("GET", ["keys", { Length: > 0 } name, "versions"]) => new VaultPath(VaultCall.Versions, name, null),
        ("GET", ["keys", { Length: > 0 } name, { Length: > 0 } version]) => new VaultPath(VaultCall.Get, name, version),
        ("POST", ["keys", { Length: > 0 } name, { Length: > 0 } version, "sign"]) => new VaultPath(VaultCall.Sign, name, version),
        _ => null,
    };
}
