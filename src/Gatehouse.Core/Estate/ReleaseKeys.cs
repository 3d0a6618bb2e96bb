using Gatehouse.Core.Images;
using Gatehouse.Core.Records;

namespace Gatehouse.Core.Estate;

/// <summary>
/// Where releases are: a partition a repository (releases, its manifests, its tags), a partition a digest (pointers into the former),
/// and one partition that names the repositories.
/// </summary>
internal static class ReleaseKeys
{
    public const string Table = "releases";
    public const string Repositories = "repositories";
    public const string ReleasePrefix = "release~";

    public static string RepositoryPartition(string repository) => "repository~" + EncodeRepository(repository);

    public static string DigestPartition(Digest digest) => "digest~" + digest;

    public static string ReleaseRow(Digest digest, string intake) => $"{ReleasePrefix}{digest}~{RecordKeys.Encode(intake)}";

    public static string ManifestRow(Digest manifest) => "manifest~" + manifest;

    public static string TagRow(string tag) => "tag~" + tag;

    public static string PointerRow(string repository, string intake) => $"{EncodeRepository(repository)}~{RecordKeys.Encode(intake)}";

    /// <summary>'!' stands for '/', which keys may not hold and '%2F' would make too long; repositories have no '!'.</summary>
    public static string EncodeRepository(string repository) => RecordKeys.Encode(repository.Replace('/', '!'));

    public static string DecodeRepository(string key) => RecordKeys.Decode(key).Replace('!', '/');
}

/// <summary>From a digest to one of its releases.</summary>
internal sealed record ReleasePointer(string Repository, string Intake);

/// <summary>Which release carries a tag.</summary>
internal sealed record TagHolder(Digest Digest, string Intake, DateTimeOffset ReleasedAt)
{
    /// <summary>The newest release carries a tag; the intake's id breaks ties, so that any order of writing ends the same.</summary>
    public bool GivesWayTo(ReleasedImage image) =>
        image.ReleasedAt == ReleasedAt ? string.CompareOrdinal(image.Intake, Intake) >= 0 : image.ReleasedAt > ReleasedAt;
}
