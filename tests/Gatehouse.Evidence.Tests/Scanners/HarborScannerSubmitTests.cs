using System.Text;
using System.Text.Json;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Evidence.Tests.Scanners;

public class HarborScannerSubmitTests
{
    private static readonly ScriptStep Metadata = ScriptStep.Get("/api/v1/metadata", ScannerRig.Metadata12);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Submit_IndexOfTwoPlatforms_ScansEachManifest()
    {
        await using var rig = await ScannerRig.StartAsync(
            null,
            Metadata,
            ScannerRig.Post(202, """{"id":"first/1"}""", ScannerRig.ManifestA.ToString()),
            ScannerRig.Post(202, """{"id":"second,2"}""", ScannerRig.ManifestB.ToString()));

        var progress = await rig.Scanner.SubmitAsync(ScannerRig.Image(manifests: [ScannerRig.ManifestA, ScannerRig.ManifestB]), Cancel);

        var submitted = Assert.IsType<ScanProgress.Submitted>(progress);
        Assert.Equal($"{ScannerRig.ManifestA}=first%2F1,{ScannerRig.ManifestB}=second%2C2", submitted.Ticket);
        var request = rig.Server.Requests.First(sent => sent.Method == "POST");
        Assert.Equal("application/vnd.scanner.adapter.scan.request+json; version=1.1", request.Header("Content-Type"));
        using var body = JsonDocument.Parse(request.Body);
        Assert.Equal("https://ghcr.io", body.RootElement.GetProperty("registry").GetProperty("url").GetString());
        Assert.Equal(string.Empty, body.RootElement.GetProperty("registry").GetProperty("authorization").GetString());
        var artifact = body.RootElement.GetProperty("artifact");
        Assert.Equal("team/app", artifact.GetProperty("repository").GetString());
        Assert.Equal(ScannerRig.ManifestA.ToString(), artifact.GetProperty("digest").GetString());
        Assert.Equal("1.0", artifact.GetProperty("tag").GetString());
        Assert.Equal(MediaTypes.OciManifest, artifact.GetProperty("mime_type").GetString());
        var capability = body.RootElement.GetProperty("enabled_capabilities").EnumerateArray().Single();
        Assert.Equal("vulnerability", capability.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("nginx:1.27", "https://registry-1.docker.io", "library/nginx")]
    [InlineData("127.0.0.1:5000/a/b:1", "http://127.0.0.1:5000", "a/b")]
    [InlineData("localhost:5000/a/b:1", "http://localhost:5000", "a/b")]
    [InlineData("mcr.microsoft.com/dotnet/sdk:10.0", "https://mcr.microsoft.com", "dotnet/sdk")]
    public async Task Submit_AnyUpstream_IsGivenAsTheUrlOfItsApi(string reference, string url, string repository)
    {
        await using var rig = await ScannerRig.StartAsync(null, Metadata, ScannerRig.Post(202, """{"id":"x"}"""));

        await rig.Scanner.SubmitAsync(ScannerRig.Image(reference, manifests: ScannerRig.ManifestA), Cancel);

        var body = Encoding.UTF8.GetString(rig.Server.Requests.Single(sent => sent.Method == "POST").Body.Span);
        Assert.Contains($"\"url\":\"{url}\"", body, StringComparison.Ordinal);
        Assert.Contains($"\"repository\":\"{repository}\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_RegistryOverridden_SendsItsUrlAndCredential()
    {
        await using var rig = await ScannerRig.StartAsync(
            options => (options.RegistryUrlOverride, options.RegistryAuthorization) = ("https://mirror.example/", "Basic eDp5"),
            Metadata,
            ScannerRig.Post(202, """{"id":"x"}"""));

        await rig.Scanner.SubmitAsync(ScannerRig.Image(manifests: ScannerRig.ManifestA), Cancel);

        var body = Encoding.UTF8.GetString(rig.Server.Requests.Single(sent => sent.Method == "POST").Body.Span);
        Assert.Contains("""{"url":"https://mirror.example","authorization":"Basic eDp5"}""", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_AdapterOfVersion10_GetsTheOldRequest()
    {
        await using var rig = await ScannerRig.StartAsync(
            null,
            ScriptStep.Get("/api/v1/metadata", """{"capabilities":[{"consumes_mime_types":["application/vnd.oci.image.manifest.v1+json"],"produces_mime_types":["application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0"]}]}"""),
            ScannerRig.Post(202, """{"id":"x"}"""));

        Assert.IsType<ScanProgress.Submitted>(await rig.Scanner.SubmitAsync(ScannerRig.Image(manifests: ScannerRig.ManifestA), Cancel));

        var request = rig.Server.Requests.Single(sent => sent.Method == "POST");
        Assert.Equal("application/vnd.scanner.adapter.scan.request+json; version=1.0", request.Header("Content-Type"));
        Assert.DoesNotContain("enabled_capabilities", Encoding.UTF8.GetString(request.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_Metadata_IsAskedForOnceInFiveMinutes()
    {
        await using var rig = await ScannerRig.StartAsync(null, Metadata, ScannerRig.Post(202, """{"id":"x"}"""));
        var image = ScannerRig.Image(manifests: ScannerRig.ManifestA);

        await rig.Scanner.SubmitAsync(image, Cancel);
        rig.Clock.Advance(TimeSpan.FromMinutes(4));
        await rig.Scanner.SubmitAsync(image, Cancel);
        Assert.Equal(1, rig.Server.Count("GET", "/api/v1/metadata"));

        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await rig.Scanner.SubmitAsync(image, Cancel);
        Assert.Equal(2, rig.Server.Count("GET", "/api/v1/metadata"));
    }

    [Fact]
    public async Task Submit_MediaTypeTheAdapterDoesNotConsume_IsRefusedUnasked()
    {
        await using var rig = await ScannerRig.StartAsync(null, Metadata);

        var refused = Assert.IsType<ScanProgress.Refused>(
            await rig.Scanner.SubmitAsync(ScannerRig.Image(mediaType: "application/vnd.wasm.v1+json", manifests: ScannerRig.ManifestA), Cancel));

        Assert.Contains("application/vnd.wasm.v1+json", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(0, rig.Server.Count("POST", "*"));
    }

    [Fact]
    public async Task Submit_NoPlatforms_IsRefused()
    {
        await using var rig = await ScannerRig.StartAsync(null);

        Assert.IsType<ScanProgress.Refused>(await rig.Scanner.SubmitAsync(ScannerRig.Image(), Cancel));
    }

    [Fact]
    public async Task Submit_AdapterWithoutAReportWeRead_IsUnavailable()
    {
        await using var rig = await ScannerRig.StartAsync(
            null,
            ScriptStep.Get("/api/v1/metadata", """{"capabilities":[{"type":"vulnerability","consumes_mime_types":["application/vnd.oci.image.manifest.v1+json"],"produces_mime_types":["application/vnd.x"]}]}"""));

        Assert.IsType<ScanProgress.Unavailable>(await rig.Scanner.SubmitAsync(ScannerRig.Image(manifests: ScannerRig.ManifestA), Cancel));
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(422, true)]
    [InlineData(501, true)]
    [InlineData(401, false)]
    [InlineData(404, false)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    public async Task Submit_AdapterSaysNo_IsRefusedOnlyWhenTheImageIsToBlame(int status, bool refused)
    {
        await using var rig = await ScannerRig.StartAsync(null, Metadata, ScannerRig.Post(status, """{"error":{"message":"no such thing"}}""") with { Headers = [("Retry-After", "7")] });

        var progress = await rig.Scanner.SubmitAsync(ScannerRig.Image(manifests: ScannerRig.ManifestA), Cancel);

        if (refused)
        {
            Assert.Contains("no such thing", Assert.IsType<ScanProgress.Refused>(progress).Reason, StringComparison.Ordinal);
        }
        else
        {
            var unavailable = Assert.IsType<ScanProgress.Unavailable>(progress);
            Assert.Contains($"{status}: no such thing", unavailable.Reason, StringComparison.Ordinal);
            Assert.Equal(TimeSpan.FromSeconds(7), unavailable.RetryAfter);
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("""{"id":""}""")]
    [InlineData("[7]")]
    public async Task Submit_AcceptedWithoutAnId_IsUnavailable(string body)
    {
        await using var rig = await ScannerRig.StartAsync(null, Metadata, ScannerRig.Post(202, body));

        Assert.IsType<ScanProgress.Unavailable>(await rig.Scanner.SubmitAsync(ScannerRig.Image(manifests: ScannerRig.ManifestA), Cancel));
    }

    [Theory]
    [InlineData("Basic", "user:pass", "Authorization", "Basic dXNlcjpwYXNz")]
    [InlineData("bearer", "tok", "Authorization", "Bearer tok")]
    [InlineData("ApiKey", "key", "X-ScannerAdapter-API-Key", "key")]
    public async Task Submit_Authorization_IsSentWithEveryCall(string kind, string secret, string header, string value)
    {
        await using var rig = await ScannerRig.StartAsync(
            options => (options.Authorization.Kind, options.Authorization.Secret) = (kind, secret), Metadata, ScannerRig.Post(202, """{"id":"x"}"""));

        await rig.Scanner.SubmitAsync(ScannerRig.Image(manifests: ScannerRig.ManifestA), Cancel);

        Assert.Equal([value, value], rig.Server.Requests.Select(request => request.Header(header)));
    }

    [Fact]
    public async Task Submit_Redirect_IsNotFollowed()
    {
        await using var rig = await ScannerRig.StartAsync(
            options => (options.Authorization.Kind, options.Authorization.Secret) = ("Bearer", "tok"),
            ScriptStep.Reply("GET", "/api/v1/metadata", 307, ("Location", "/elsewhere")));

        Assert.IsType<ScanProgress.Unavailable>(await rig.Scanner.SubmitAsync(ScannerRig.Image(manifests: ScannerRig.ManifestA), Cancel));
        Assert.Single(rig.Server.Requests);
    }

    [Fact]
    public async Task Submit_ConnectionBreaks_IsUnavailable()
    {
        await using var rig = await ScannerRig.StartAsync(null, new ScriptStep("GET", "/api/v1/metadata") { Fail = true });

        Assert.IsType<ScanProgress.Unavailable>(await rig.Scanner.SubmitAsync(ScannerRig.Image(manifests: ScannerRig.ManifestA), Cancel));
    }
}
