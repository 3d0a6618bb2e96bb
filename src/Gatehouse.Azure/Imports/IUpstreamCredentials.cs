namespace Gatehouse.Azure.Imports;

/// <summary>What Azure signs in to an upstream with when it copies from there.</summary>
internal interface IUpstreamCredentials
{
    /// <summary>Null to read anonymously.</summary>
    UpstreamCredential? Find(string registry);
}

internal sealed record UpstreamCredential(string Username, string Password)
{
    /// <summary>Records print their members; this one does not.</summary>
    public override string ToString() => "(an upstream credential)";
}
