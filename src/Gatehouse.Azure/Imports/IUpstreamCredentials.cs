namespace Gatehouse.Azure.Imports;

/// <summary>How Azure gets at an upstream when it copies from there.</summary>
internal interface IUpstreamCredentials
{
    UpstreamAccess Find(string registry);
}

/// <param name="ResourceId">ARM id of a registry of our tenant, read with our own identity's rights; null for a registry named by its host.</param>
/// <param name="Credential">Null to read anonymously, and always beside a <paramref name="ResourceId"/>.</param>
internal sealed record UpstreamAccess(string? ResourceId, UpstreamCredential? Credential)
{
    public static UpstreamAccess Anonymous { get; } = new(null, null);
}

/// <param name="Username">Null where the password says it all, as an Entra token does.</param>
internal sealed record UpstreamCredential(string? Username, string Password)
{
    /// <summary>Records print their members; this one does not.</summary>
    public override string ToString() => "(an upstream credential)";
}
