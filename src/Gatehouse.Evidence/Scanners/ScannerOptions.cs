namespace Gatehouse.Evidence.Scanners;

internal enum ScannerAuthorization
{
    None,

    /// <summary>The secret is <c>user:password</c>.</summary>
    Basic,

    /// <summary>The secret is a token.</summary>
    Bearer,

    /// <summary>The secret goes into <c>X-ScannerAdapter-API-Key</c>.</summary>
    ApiKey,
}

/// <summary>One scanner that speaks the Harbor pluggable scanner API; bound from <c>Gatehouse:Scanners:0</c> and so on.</summary>
public sealed class ScannerOptions
{
    /// <summary>The name policy asks for it by: lower-case letters, digits and '-'.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>The adapter's base, without <c>/api/v1</c>; https, or http on loopback.</summary>
    public string Url { get; set; } = string.Empty;

    public ScannerAuthorizationOptions Authorization { get; set; } = new();

    /// <summary>Where the scanner pulls images from in place of their upstream, e.g. a mirror it can reach.</summary>
    public string? RegistryUrlOverride { get; set; }

    /// <summary>The <c>Authorization</c> header the scanner pulls with; only with <see cref="RegistryUrlOverride"/>, so that it reaches no other registry.</summary>
    public string? RegistryAuthorization { get; set; }

    /// <summary>The longest wait for one call, not for one scan. The default is 30 seconds; from 1 second to 5 minutes.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

public sealed class ScannerAuthorizationOptions
{
    /// <summary>None, Basic (the secret is <c>user:password</c>), Bearer (a token) or ApiKey. The default is None.</summary>
    public string Kind { get; set; } = nameof(ScannerAuthorization.None);

    /// <summary>What the scanner is called with, in the form that <see cref="Kind"/> says.</summary>
    public string? Secret { get; set; }

    /// <summary>Null when <see cref="Kind"/> is none of the words.</summary>
    internal ScannerAuthorization? Parsed => Enum.TryParse<ScannerAuthorization>(Kind, ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind : null;
}

/// <summary>All scanners; bound from <c>Gatehouse</c>.</summary>
public sealed class ScannersOptions
{
    public const string Section = "Gatehouse";

    internal const string ScannersKey = Section + ":" + nameof(Scanners);

    public IList<ScannerOptions> Scanners { get; } = [];
}
