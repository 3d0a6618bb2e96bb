using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Evidence.Scanners;
using Gatehouse.Evidence.Tests.Reports;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Evidence.Tests.Scanners;

/// <summary>A scripted adapter and the scanner that asks it.</summary>
internal sealed class ScannerRig : IAsyncDisposable
{
    public const string Metadata12 =
        """
        {"scanner":{"name":"Trivy"},"capabilities":[
          {"type":"sbom","consumes_mime_types":["application/vnd.oci.image.manifest.v1+json"],"produces_mime_types":["application/vnd.security.sbom.report+json; version=1.0"]},
          {"type":"vulnerability","consumes_mime_types":["application/vnd.oci.image.manifest.v1+json"],
           "produces_mime_types":["application/vnd.security.vulnerability.report; version=1.1","application/vnd.x.raw"]}]}
        """;

    private ScannerRig(ScriptedServer server, HarborScanner scanner, ManualTimeProvider clock) => (Server, Scanner, Clock) = (server, scanner, clock);

    public ScriptedServer Server { get; }

    public HarborScanner Scanner { get; }

    public ManualTimeProvider Clock { get; }

    public static Digest ManifestA { get; } = Digest.Parse("sha256:" + new string('a', 64)).Value;

    public static Digest ManifestB { get; } = Digest.Parse("sha256:" + new string('b', 64)).Value;

    public static Digest Index { get; } = Digest.Parse("sha256:" + new string('1', 64)).Value;

    public static async Task<ScannerRig> StartAsync(Action<ScannerOptions>? configure, params ScriptStep[] steps)
    {
        var server = await ScriptedServer.StartAsync(steps);
        var options = new ScannerOptions { Name = "trivy", Url = server.BaseUri.ToString() };
        configure?.Invoke(options);
        var clock = new ManualTimeProvider();
        return new ScannerRig(server, new HarborScanner(options, TestReports.Reader, clock, NullLogger<HarborScanner>.Instance), clock);
    }

    public static Candidate Image(string reference = "ghcr.io/team/app:1.0", string mediaType = MediaTypes.OciManifest, params Digest[] manifests) => new(
        ImageReference.Parse(reference).Value,
        Index,
        MediaTypes.OciIndex,
        100,
        [.. manifests.Select(manifest => new PlatformImage(new Platform("linux", "amd64"), new Descriptor(mediaType, manifest, 10), new Descriptor(MediaTypes.OciConfig, manifest, 10), [], null))],
        [],
        DateTimeOffset.UnixEpoch);

    public static ScriptStep Post(int status, string body, string? when = null) =>
        new("POST", "/api/v1/scan") { Status = status, Body = Encoding.UTF8.GetBytes(body), When = when is null ? null : request => Encoding.UTF8.GetString(request.Body.Span).Contains(when, StringComparison.Ordinal) };

    public static string Report(Digest manifest, params string[] cves) =>
        $$"""{"generated_at":"2026-02-0{{1 + cves.Length}}T00:00:00Z","artifact":{"digest":"{{manifest}}"},"scanner":{"name":"T","version":"1"},"severity":"High","vulnerabilities":[{{string.Join(',', cves.Select(cve => $$"""{"id":"{{cve}}","package":"p","version":"1","severity":"High"}"""))}}]}""";

    public async ValueTask DisposeAsync()
    {
        Scanner.Dispose();
        await Server.DisposeAsync();
    }
}
