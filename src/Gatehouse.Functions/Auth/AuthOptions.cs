namespace Gatehouse.Functions.Auth;

/// <summary>Section <c>Gatehouse:Auth</c>: whose tokens are taken.</summary>
internal sealed class AuthOptions
{
    public const string Section = "Gatehouse:Auth";

    public const string DefaultLocalIssuer = "https://gatehouse.localhost";

    public const string DefaultLocalAudience = "gatehouse";

    public static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(10);

    /// <summary>The <c>iss</c> every token must carry, character for character, e.g. <c>https://login.microsoftonline.com/{tenant}/v2.0</c>.</summary>
    public string? Issuer { get; set; }

    /// <summary>The <c>aud</c> every token must carry: the app registration's client id or its URI.</summary>
    public string? Audience { get; set; }

    /// <summary>The <c>tid</c> every token must carry; required for Entra issuers, else null takes tokens without one.</summary>
    public string? TenantId { get; set; }

    /// <summary>The OpenID configuration; default <c>{Issuer}/.well-known/openid-configuration</c>. https only, but for loopback.</summary>
    public string? MetadataUrl { get; set; }

    /// <summary>How far clocks may differ; default 2 minutes, 0 to 10.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(2);

    public LocalIssuerOptions LocalIssuer { get; set; } = new();

    public string ExpectedIssuer => Issuer ?? (LocalIssuer.Enabled ? DefaultLocalIssuer : string.Empty);

    public string ExpectedAudience => Audience ?? (LocalIssuer.Enabled ? DefaultLocalAudience : string.Empty);

    public string ExpectedMetadataUrl => MetadataUrl ?? Issuer?.TrimEnd('/') + "/.well-known/openid-configuration";
}

/// <summary>Section <c>Gatehouse:Auth:LocalIssuer</c>: tokens signed by a key file, for one machine only.</summary>
internal sealed class LocalIssuerOptions
{
    /// <summary>Whether tokens of the key file are taken in place of <see cref="AuthOptions.Issuer"/>'s; refused anywhere but on one machine.</summary>
    public bool Enabled { get; set; }

    /// <summary>PEM file (PKCS #8) of an ECDSA P-256 key, made at first use, readable by its owner only.</summary>
    public string? KeyPath { get; set; }
}
