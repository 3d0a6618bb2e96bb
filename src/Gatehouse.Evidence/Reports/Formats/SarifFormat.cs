using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;

namespace Gatehouse.Evidence.Reports.Formats;

/// <summary>SARIF 2.1.0, with the conventions Trivy and Grype have for naming packages in it. Source: OASIS SARIF 2.1.0; sections named below.</summary>
internal sealed class SarifFormat : IReportFormat
{
    private const string Version = "2.1.0";

    public string Name => "sarif-2.1.0";

    public string MediaType => "application/sarif+json";

    public bool Recognises(ReportNode document) => document.Has("runs") && document.Has("version");

    public ScanReport? Read(ReportNode document, string? scanner)
    {
        if (document.Text("version") is var version && version != Version)
        {
            document.Source.Complain(document.Path.Child("version"), $"must be {Version}, not {version ?? "absent"}");
            return null;
        }

        var runs = document.Objects("runs").ToList();
        if (runs.Count == 0)
        {
            document.Source.Complain(document.Path.Child("runs"), "must have at least one run; without one nothing was scanned");
            return null;
        }

        var tool = runs[0].Object("tool")?.Object("driver");
        return new ScanReport(
            scanner ?? ScannerNames.Of(tool?.Text("name"), "sarif"),
            tool?.Text("semanticVersion") ?? tool?.Text("version"),
            Name,
            runs.SelectMany(run => run.Objects("invocations")).Select(EndedAt).Min(),
            runs.Select(Artifact).FirstOrDefault(digest => digest is not null),
            runs.SelectMany(ReadRun).ToList());
    }

    private static DateTimeOffset? EndedAt(ReportNode invocation) => invocation.Time("endTimeUtc") ?? invocation.Time("startTimeUtc");

    private static IEnumerable<Finding> ReadRun(ReportNode run)
    {
        foreach (var invocation in run.Objects("invocations"))
        {
            if (invocation.Flag("executionSuccessful") is false)
            {
                run.Source.Complain(invocation.Path.Child("executionSuccessful"), "is false: the scan failed, so its results say nothing");
            }
        }

        // Section 3.14.23: no list means that the tool did not look; an empty one that it found nothing.
        if (!run.IsList("results"))
        {
            run.Source.Complain(run.Path.Child("results"), "must be a list; without one the tool did not look");
            return [];
        }

        var rules = new SarifRules(run);
        return run.Objects("results")
            .Where(IsProblem)
            .TakeWhile(result => result.Source.CountFinding(result.Path))
            .Select(result => new SarifResult(result, rules.Of(result)).ToFinding())
            .ToList();
    }

    /// <summary>Sections 3.27.9 (kind) and 3.27.24 (baselineState). A suppression is somebody else's waiver, and counts for nothing here.</summary>
    private static bool IsProblem(ReportNode result) =>
        result.Text("kind") is not ("pass" or "notApplicable") && result.Text("baselineState") != "absent";

    private static Digest? Artifact(ReportNode run) =>
        run.Object("properties") is { } properties ? properties.FirstDigest("repoDigests") ?? properties.Digest("imageID") : null;
}
