using Gatehouse.Core.Evidence;

namespace Gatehouse.Evidence.Reports.Formats;

/// <summary>Grype's own JSON. Source: anchore/grype grype/presenter/models/document.go.</summary>
internal sealed class GrypeFormat : IReportFormat
{
    public string Name => "grype-json";

    public string? MediaType => null;

    public bool Recognises(ReportNode document) => document.Has("matches") && document.Has("descriptor");

    public ScanReport? Read(ReportNode document, string? scanner)
    {
        if (!document.IsList("matches"))
        {
            document.Source.Complain(document.Path.Child("matches"), "must be a list");
            return null;
        }

        var tool = document.Object("descriptor");
        var source = document.Object("source")?.Text("type") == "image" ? document.Object("source")?.Object("target") : null;
        return new ScanReport(
            scanner ?? ScannerNames.Of(tool?.Text("name"), "grype"),
            tool?.Text("version"),
            Name,
            tool?.Time("timestamp"),
            source?.FirstDigest("repoDigests") ?? source?.Digest("manifestDigest"),
            document.Objects("matches")
                .TakeWhile(match => match.Source.CountFinding(match.Path))
                .Select(ReadFinding)
                .ToList());
    }

    private static Finding ReadFinding(ReportNode match)
    {
        var vulnerability = match.Object("vulnerability");
        var package = match.Object("artifact");
        if (vulnerability is null || package is null)
        {
            match.Source.Complain(match.Path, "must have the objects 'vulnerability' and 'artifact'");
        }

        return new Finding(
            vulnerability?.RequiredText("id") ?? string.Empty,
            package?.RequiredText("name") ?? string.Empty,
            package?.Text("version"),
            vulnerability?.Object("fix")?.Texts("versions").FirstOrDefault(),
            Severities.Of(vulnerability?.Text("severity")));
    }
}
