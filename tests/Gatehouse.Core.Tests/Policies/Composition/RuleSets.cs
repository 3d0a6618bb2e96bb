using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Policies.Patterns;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Tests.Policies.Composition;

/// <summary>Random rule sets and evidence from small pools, so that they meet.</summary>
internal static class RuleSets
{
    public static Gen<RuleSet> Any { get; } =
        from scope in Gen.Elements("contoso", "contoso/a", "contoso/a/b").Select(path => Scope.Parse(path).Value)
        from line in Gen.Choose(1, 99)
        let origin = new Origin(scope, line)
        from allowed in Maybe(Some(origin, Source("docker.io/**", "docker.io/library/*", "quay.io/**", "*/**")))
        from denied in Maybe(Some(origin, Source("docker.io/library/b*", "quay.io/a", "ghcr.io/**")))
        from tags in Maybe(Some(origin, Gen.Elements("latest", "*-x", "1*").Select(text => TagPattern.TryParse(text, out _)!)))
        from platforms in Maybe(Some(origin, Gen.Elements("linux/amd64", "linux/arm64").Select(text => Platform.Parse(text).Value)))
        from size in Maybe(Gen.Choose(1, 4).Select(number => number * 100L))
        from severity in Maybe(Gen.Elements(Severity.Negligible, Severity.Medium, Severity.Critical).Select(value => (long)value))
        from scanners in Maybe(Some(origin, Gen.Elements("trivy", "grype")))
        from approvals in Maybe(Gen.Choose(0, 3).Select(number => (long)number))
        from separation in Maybe(Gen.Choose(0, 1).Select(number => (long)number))
        select new RuleSet
        {
            AllowedSources = allowed is null ? [] : [new AllowList(allowed, origin)],
            DeniedSources = denied ?? [],
            MutableTags = tags ?? [],
            Platforms = platforms ?? [],
            MaxSize = size is null ? null : new Sourced<long>(size.Value, origin),
            MaxSeverity = severity is null ? null : new Sourced<Severity>((Severity)severity.Value, origin),
            Scanners = scanners ?? [],
            Approvals = approvals is null ? null : new Sourced<int>((int)approvals.Value, origin),
            SeparationOfDuties = separation is null ? null : new Sourced<bool>(separation.Value == 1, origin),
        };

    public static Gen<EvidenceSet> AnyEvidence { get; } =
        from image in Gen.Elements("alpine:1", "busybox:latest", "quay.io/a:2-x", "quay.io/b/c:2", "ghcr.io/a/b:3")
        from platforms in Gen.Elements("linux/amd64", "linux/arm64", "linux/amd64,linux/arm64")
        from size in Gen.Choose(0, 250)
        from scans in Gen.Elements("trivy", "grype").SelectMany(scanner => Gen.Elements(Enum.GetValues<Severity>()).Select(severity => (scanner, severity))).ListOf()
        select new EvidenceSet(
            Evidences.Candidate(image, [.. platforms.Split(',').Select(platform => Evidences.Image(platform, size))]),
            [.. scans.Select(scan => Evidences.Reported(scan.scanner, Evidences.Finding("CVE-1", scan.severity)))])
        {
            Requested = ImageReference.Parse(image).Value,
        };

    private static Gen<SourcePattern> Source(params string[] texts) => Gen.Elements(texts).Select(text => SourcePattern.TryParse(text, out _)!);

    private static Gen<IReadOnlyList<Sourced<T>>?> Some<T>(Origin origin, Gen<T> values) =>
        values.NonEmptyListOf().Select(items => (IReadOnlyList<Sourced<T>>?)items.Select(item => new Sourced<T>(item, origin)).ToList());

    private static Gen<IReadOnlyList<T>?> Maybe<T>(Gen<IReadOnlyList<T>?> values) => Gen.OneOf(values, Gen.Constant<IReadOnlyList<T>?>(null));

    private static Gen<long?> Maybe(Gen<long> values) => Gen.OneOf(values.Select(value => (long?)value), Gen.Constant<long?>(null));
}
