using System.Text.Json.Serialization;
using Gatehouse.Core.Images;

namespace Gatehouse.Emulator.Registries;

internal enum ChangeKind
{
    LinkBlob,
    UnlinkBlob,
    PutManifest,
    SetTag,
    DeleteTag,
    DeleteManifest,
    DeleteRepository,
    SetAttributes,
    SetRouting,
}

/// <summary>What ACR calls changeable attributes. Source: ACR data plane, <c>/acr/v1</c>.</summary>
/// <param name="QuarantineState">Null where the manifest was never in quarantine.</param>
internal sealed record Attributes(bool DeleteEnabled, bool WriteEnabled, bool ListEnabled, bool ReadEnabled, string? QuarantineState = null, string? QuarantineDetails = null)
{
    public const string Passed = "Passed";

    public static Attributes Default { get; } = new(true, true, true, true);

    /// <summary>As a manifest arrives where the policy is on.</summary>
    public static Attributes Quarantined { get; } = Default with { QuarantineState = "Quarantined" };

    [JsonIgnore]
    public bool IsQuarantined => QuarantineState is not (null or Passed);

    /// <summary>Either lock keeps a tag, manifest or repository from being deleted.</summary>
    [JsonIgnore]
    public bool Deletable => DeleteEnabled && WriteEnabled;
}

/// <summary>The request behind a change, as events tell it.</summary>
internal sealed record RequestOrigin(string Id, string Host, string Method, string UserAgent);

internal sealed record ManifestChild(Digest Digest, string? Architecture, string? Os);

/// <summary>What a manifest says, read once when it is put.</summary>
/// <param name="ImageSize">Configuration and layers, or the children's documents of an index, in bytes.</param>
internal sealed record ManifestInfo(
    string MediaType,
    long Size,
    long ImageSize,
    string? ConfigMediaType,
    string? Architecture,
    string? Os,
    IReadOnlyList<ManifestChild> Children,
    IReadOnlyList<Digest> Blobs,
    Digest? Subject,
    string? ArtifactType,
    IReadOnlyDictionary<string, string>? Annotations);

/// <summary>One accepted write. Changes of a registry are numbered across its regions; where two disagree, the higher number wins.</summary>
internal sealed record Change
{
    public long Sequence { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>Where it was accepted.</summary>
    public string Region { get; init; } = string.Empty;

    /// <summary>Stays in its region: routing, and drift made by a fault.</summary>
    public bool Local { get; init; }

    public ChangeKind Kind { get; init; }

    public string Repository { get; init; } = string.Empty;

    public string? Tag { get; init; }

    public Digest? Digest { get; init; }

    public long Size { get; init; }

    public ManifestInfo? Manifest { get; init; }

    public Attributes? Attributes { get; init; }

    public bool Enabled { get; init; }

    public RequestOrigin? Request { get; init; }
}

/// <summary>A line of a registry's journal: a change, or that a region has applied one made elsewhere.</summary>
internal sealed record JournalLine(Change? Change, long Applied = 0, string? Region = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class JournalJson : JsonSerializerContext;
