using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Core.Images;
using Gatehouse.TestKit.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.TestKit.Peers;

/// <summary>
/// A scanner adapter that judges images by their repository's name and keeps nothing: the same scan has the same id and the same
/// report however often it is asked for. Source: Harbor pluggable scanner API 1.2.
/// </summary>
public sealed class HarborScannerPeer : IAsyncDisposable
{
    /// <summary>A repository with this in its name has a critical finding; every other one has none.</summary>
    public const string Bad = "critical";

    private const string Report = "application/vnd.security.vulnerability.report; version=1.1";
    private const string Good = "clean";

    private readonly WebApplication _app;

    private HarborScannerPeer(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public static async Task<HarborScannerPeer> StartAsync(CancellationToken cancellationToken)
    {
        var builder = TestApp.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync(cancellationToken);
        return new HarborScannerPeer(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Task AnswerAsync(HttpContext http) => (http.Request.Method, http.Request.Path.Value?.Split('/')) switch
    {
        ("GET", ["", "api", "v1", "metadata"]) => WriteAsync(http, 200, "application/vnd.scanner.adapter.metadata+json; version=1.1", Metadata()),
        ("POST", ["", "api", "v1", "scan"]) => ScanAsync(http),
        ("GET", ["", "api", "v1", "scan", var id, "report"]) => WriteAsync(http, 200, Report, Findings(id)),
        _ => WriteAsync(http, 404, "application/vnd.scanner.adapter.error+json; version=1.0", new JsonObject()),
    };

    private static async Task ScanAsync(HttpContext http)
    {
        var artifact = (await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted))!["artifact"]!;
        var verdict = artifact["repository"]!.GetValue<string>().Contains(Bad, StringComparison.Ordinal) ? Bad : Good;
        var id = $"{verdict}-{artifact["digest"]!.GetValue<string>()["sha256:".Length..]}";
        await WriteAsync(http, 202, "application/vnd.scanner.adapter.scan.response+json; version=1.0", new JsonObject { ["id"] = id });
    }

    private static JsonObject Findings(string id)
    {
        var (verdict, digest) = (id[..id.IndexOf('-', StringComparison.Ordinal)], id[(id.IndexOf('-', StringComparison.Ordinal) + 1)..]);
        var finding = new JsonObject { ["id"] = "CVE-2024-3094", ["package"] = "xz", ["version"] = "5.6.0", ["fix_version"] = "5.6.2", ["severity"] = "Critical" };
        return new JsonObject
        {
            ["generated_at"] = "2026-11-21T00:00:00Z",
            ["artifact"] = new JsonObject { ["digest"] = "sha256:" + digest },
            ["scanner"] = Scanner(),
            ["vulnerabilities"] = verdict == Bad ? new JsonArray(finding) : [],
        };
    }

    private static JsonObject Metadata() => new()
    {
        ["scanner"] = Scanner(),
        ["capabilities"] = new JsonArray(new JsonObject
        {
            ["type"] = "vulnerability",
            ["consumes_mime_types"] = new JsonArray([.. MediaTypes.AcceptedManifests.Select(type => JsonValue.Create(type))]),
            ["produces_mime_types"] = new JsonArray(Report),
        }),
    };

    private static JsonObject Scanner() => new() { ["name"] = "test", ["vendor"] = "Gatehouse", ["version"] = "1.0" };

    private static async Task WriteAsync(HttpContext http, int status, string type, JsonObject body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        await http.Response.WriteAsync(body.ToJsonString());
    }
}
