using System.Text.Json;
using Gatehouse.Core.Images;

namespace Gatehouse.Local.Scanning;

/// <summary>Writes <c>application/vnd.security.vulnerability.report; version=1.1</c>. Source: Harbor pluggable scanner API 1.2.</summary>
internal static class HarborReport
{
    public const string MediaType = "application/vnd.security.vulnerability.report; version=1.1";

    private static readonly string[] Severities = ["Unknown", "Negligible", "Low", "Medium", "High", "Critical"];

    public static byte[] Write(string repository, Digest digest, DateTimeOffset at, IEnumerable<(InstalledPackage Package, Advisory Advisory)> found)
    {
        var findings = found.ToList();
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("generated_at", at);
            writer.WriteStartObject("artifact");
            writer.WriteString("repository", repository);
            writer.WriteString("digest", digest.ToString());
            writer.WriteEndObject();
            WriteScanner(writer);
            writer.WriteString("severity", findings.Count == 0 ? "Unknown" : findings.Select(item => item.Advisory.Severity).MaxBy(severity => Array.IndexOf(Severities, severity)));
            writer.WriteStartArray("vulnerabilities");
            foreach (var (package, advisory) in findings)
            {
                WriteFinding(writer, package, advisory);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    public static void WriteScanner(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("scanner");
        writer.WriteString("name", "sample-scanner");
        writer.WriteString("vendor", "Gatehouse");
        writer.WriteString("version", "1.0");
        writer.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter writer, InstalledPackage package, Advisory advisory)
    {
        writer.WriteStartObject();
        writer.WriteString("id", advisory.Id);
        writer.WriteString("package", package.Name);
        writer.WriteString("version", package.Version);
        writer.WriteString("fix_version", advisory.Fixed);
        writer.WriteString("severity", advisory.Severity);
        writer.WriteString("description", advisory.Description);
        writer.WriteStartArray("links");
        foreach (var link in advisory.Links)
        {
            writer.WriteStringValue(link);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
