using System.Text;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.Core.Estate;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Imports;

public class ArmImageImporterStartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_PublicUpstream_SendsDigestUntaggedTargetAndNoForce()
    {
        await using var rig = await ImportRig.StartAsync(Post(200));

        Assert.IsType<ImportProgress.Done>(await rig.Importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel));

        var request = rig.Server.Requests.Single();
        Assert.Equal($"POST {ImportRig.ImportPath}?api-version=2025-11-01", request.ToString());
        Assert.Equal("management.azure.com", request.Header("Host"));
        Assert.Equal("Bearer entra-token", request.Authorization);
        Assert.Equal("application/json", request.Header("Content-Type"));
        Assert.NotNull(request.Header("x-ms-client-request-id"));
        Assert.Equal(
            $$"""{"source":{"registryUri":"docker.io","sourceImage":"library/nginx@{{ImportRig.Digest}}"},"untaggedTargetRepositories":["docker.io/library/nginx"],"mode":"NoForce"}""",
            Encoding.UTF8.GetString(request.Body.Span));
    }

    [Fact]
    public async Task Start_UpstreamWithCredentials_SendsThemInTheBody()
    {
        await using var rig = await ImportRig.StartAsync(Post(200));

        await rig.Importer.StartAsync(ImportRig.Registry, ImportRig.Request("private.example/team/app:1"), Cancel);

        Assert.Contains(
            $$$"""{"registryUri":"private.example","sourceImage":"team/app@{{{ImportRig.Digest}}}","credentials":{"username":"robot","password":"s3cret-value"}}""",
            Encoding.UTF8.GetString(rig.Server.Requests.Single().Body.Span),
            StringComparison.Ordinal);
    }

    /// <summary>Exactly one of registryUri and resourceId; a user name only where there is one.</summary>
    [Theory]
    [InlineData("foreign.azurecr.io/team/app:1", """{"registryUri":"foreign.azurecr.io","sourceImage":"team/app@DIGEST","credentials":{"password":"s3cret-value"}}""")]
    [InlineData("own.azurecr.io/team/app:1", """{"resourceId":"SOURCE","sourceImage":"team/app@DIGEST"}""")]
    public async Task Start_SourceInAzure_IsNamedAsTheServiceWantsIt(string image, string source)
    {
        await using var rig = await ImportRig.StartAsync(Post(200));

        await rig.Importer.StartAsync(ImportRig.Registry, ImportRig.Request(image), Cancel);

        Assert.StartsWith(
            $"{{\"source\":{source.Replace("DIGEST", ImportRig.Digest.ToString(), StringComparison.Ordinal).Replace("SOURCE", ImportRig.SourceId, StringComparison.Ordinal)},\"untagged",
            Encoding.UTF8.GetString(rig.Server.Requests.Single().Body.Span),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("private.example/team/app:1")]
    [InlineData("foreign.azurecr.io/team/app:1")]
    public async Task Start_ErrorRepeatsTheSecret_IsTakenOut(string image)
    {
        await using var rig = await ImportRig.StartAsync(Post(400, """{"error":{"code":"InvalidCredentials","message":"cannot use s3cret-value"}}"""));

        var failed = Assert.IsType<ImportProgress.Failed>(await rig.Importer.StartAsync(ImportRig.Registry, ImportRig.Request(image), Cancel));

        Assert.Equal("cannot use ***", failed.Message);
    }

    [Theory]
    [InlineData(ImportRig.Location)]
    [InlineData("HTTPS://Management.Azure.com" + ImportRig.OperationPath + "?api-version=2025-11-01")]
    [InlineData(ImportRig.OperationPath + "?api-version=2025-11-01")]
    public async Task Start_Accepted_GivesTheWholeLocationToPoll(string location)
    {
        await using var rig = await ImportRig.StartAsync(Post(202, string.Empty, ("Location", location), ("Retry-After", "17")));

        var running = Assert.IsType<ImportProgress.Running>(await rig.Importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel));

        Assert.Equal(ImportRig.Location, running.Location);
        Assert.Equal(TimeSpan.FromSeconds(17), running.RetryAfter);
    }

    [Theory]
    [InlineData(null, "location-missing", true)]
    [InlineData("https://evil.example/op", "location-foreign", false)]
    [InlineData("https://management.azure.com.evil.example/op", "location-foreign", false)]
    [InlineData("https://management.azure.com:8443/op", "location-foreign", false)]
    [InlineData("http://management.azure.com/op", "location-foreign", false)]
    [InlineData("https://x@management.azure.com/op", "location-foreign", false)]
    [InlineData("//evil.example/op", "location-foreign", false)]
    public async Task Start_AcceptedWithoutALocationToTrust_Fails(string? location, string code, bool retryable)
    {
        await using var rig = await ImportRig.StartAsync(location is null ? Post(202) : Post(202, string.Empty, ("Location", location)));

        var failed = Assert.IsType<ImportProgress.Failed>(await rig.Importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel));

        Assert.Equal((code, retryable), (failed.Code, failed.Retryable));
    }

    [Theory]
    [InlineData(400, """{"error":{"code":"InvalidRequest","message":"bad"}}""", "InvalidRequest", false)]
    [InlineData(400, """{"error":{"code":"BadSource","message":"source said: toomanyrequests: slow down"}}""", "BadSource", true)]
    [InlineData(401, """{"error":{"code":"ExpiredAuthenticationToken","message":"old"}}""", "ExpiredAuthenticationToken", true)]
    [InlineData(401, """{"error":{"code":"InvalidAuthenticationToken","message":"bad"}}""", "InvalidAuthenticationToken", false)]
    [InlineData(403, """{"error":{"code":"AuthorizationFailed","message":"importImage/action"}}""", "AuthorizationFailed", false)]
    [InlineData(404, """{"error":{"code":"ResourceNotFound","message":"no registry"}}""", "ResourceNotFound", false)]
    [InlineData(409, """{"error":{"code":"Conflict","message":"Tag nginx:1 already exists in target registry"}}""", "Conflict", false)]
    [InlineData(409, """{"error":{"code":"AnotherOperationInProgress","message":"wait"}}""", "AnotherOperationInProgress", true)]
    [InlineData(429, """{"error":{"code":"TooManyRequests","message":"wait"}}""", "TooManyRequests", true)]
    [InlineData(500, """{"error":{"code":"InternalServerError","message":"oops"}}""", "InternalServerError", true)]
    [InlineData(503, "<html>", "http-503", true)]
    [InlineData(418, "", "http-418", false)]
    [InlineData(403, """{"errors":[{"code":"DENIED","message":"client IP"}]}""", "DENIED", false)]
    [InlineData(400, """{"error":null}""", "http-400", false)]
    [InlineData(400, """[1]""", "http-400", false)]
    public async Task Start_Error_KeepsCodeAndJudgesRetry(int status, string body, string code, bool retryable)
    {
        await using var rig = await ImportRig.StartAsync(Post(status, body));

        var failed = Assert.IsType<ImportProgress.Failed>(await rig.Importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel));

        Assert.Equal((code, retryable), (failed.Code, failed.Retryable));
        Assert.Equal(status is 429 or 503, failed.NotStarted);
        Assert.NotEmpty(failed.Message);
    }

    [Fact]
    public async Task Start_ThrottledBySource_IsAFailedImport()
    {
        await using var rig = await ImportRig.StartAsync(Post(429, """{"error":{"code":"X","message":"Unexpected response status code 429 from source"}}"""));

        var failed = Assert.IsType<ImportProgress.Failed>(await rig.Importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel));

        Assert.Equal((true, false), (failed.Retryable, failed.NotStarted));
    }

    [Fact]
    public async Task Start_ErrorDetails_AreInTheMessage()
    {
        await using var rig = await ImportRig.StartAsync(Post(400, """{"error":{"code":"X","message":"outer","details":[{"code":"Y","message":"inner"}]}}"""));

        Assert.Equal("outer; Y: inner", Assert.IsType<ImportProgress.Failed>(await rig.Importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel)).Message);
    }

    [Fact]
    public async Task Start_ShortUnavailability_IsRetriedInTheCall()
    {
        await using var rig = await ImportRig.StartAsync(Post(503) with { Times = 1 }, Post(200));

        Assert.IsType<ImportProgress.Done>(await rig.Importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel));
        Assert.Equal(2, rig.Server.Requests.Count);
    }

    [Fact]
    public async Task Start_ThrottledForLong_IsLeftToTheCaller()
    {
        await using var rig = await ImportRig.StartAsync(Post(429, """{"error":{"code":"TooManyRequests","message":"wait"}}""", ("Retry-After", "40")));

        var failed = Assert.IsType<ImportProgress.Failed>(await rig.Importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel));

        Assert.Equal((true, true, TimeSpan.FromSeconds(40)), (failed.Retryable, failed.NotStarted, failed.RetryAfter));
        Assert.Single(rig.Server.Requests);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Start_ConnectionBreaks_MayBeRetriedLater(int retries)
    {
        await using var server = await ScriptedServer.StartAsync(new ScriptStep("*", "*") { Fail = true });
        using var importer = ImportRig.Create(new RewritingHandler(server.BaseUri), new StubCredential(), retries: retries);

        var failed = Assert.IsType<ImportProgress.Failed>(await importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel));

        Assert.Equal(("unreachable", true, true), (failed.Code, failed.Retryable, failed.NotStarted));
        Assert.Equal(retries + 1, server.Requests.Count);
    }

    [Fact]
    public async Task Start_EndlessAnswer_IsCutOff()
    {
        await using var rig = await ImportRig.StartAsync(Post(200) with { Body = new byte[2 * 1024 * 1024], Chunked = true });

        Assert.Equal("answer-too-long", Assert.IsType<ImportProgress.Failed>(await rig.Importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel)).Code);
    }

    [Fact]
    public async Task Start_NoIdentity_MayBeRetriedLater()
    {
        await using var server = await ScriptedServer.StartAsync();
        using var importer = ImportRig.Create(new RewritingHandler(server.BaseUri), new StubCredential(token: null));

        var failed = Assert.IsType<ImportProgress.Failed>(await importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel));

        Assert.Equal(("credential-failed", true, true), (failed.Code, failed.Retryable, failed.NotStarted));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Start_ManyAtOnce_KeepsToTheLimitOfTheRegistry()
    {
        using var gate = new GateHandler();
        using var importer = ImportRig.Create(gate, new StubCredential(), concurrency: 2);

        var imports = Enumerable.Range(0, 6).Select(_ => importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel)).ToList();
        await gate.Arrived.WaitAsync(Cancel);
        await gate.Arrived.WaitAsync(Cancel);
        gate.Open();
        await Task.WhenAll(imports);

        Assert.Equal(2, gate.MostAtOnce);
    }

    private static ScriptStep Post(int status, string body = "", params (string, string)[] headers) =>
        new("POST", ImportRig.ImportPath) { Status = status, Body = Encoding.UTF8.GetBytes(body), Headers = headers };

    private sealed class GateHandler : HttpMessageHandler
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _inside;

        public SemaphoreSlim Arrived { get; } = new(0);

        public int MostAtOnce { get; private set; }

        public void Open() => _open.SetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            lock (Arrived)
            {
                MostAtOnce = Math.Max(MostAtOnce, ++_inside);
            }

            Arrived.Release();
            await _open.Task.WaitAsync(cancellationToken);
            lock (Arrived)
            {
                _inside--;
            }

            return new HttpResponseMessage(System.Net.HttpStatusCode.OK);
        }
    }
}
