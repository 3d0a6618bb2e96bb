using System.Text;
using Gatehouse.Core.Estate;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Imports;

public class ArmImageImporterPollTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    public async Task Poll_Finished_IsDone(int status)
    {
        await using var rig = await ImportRig.StartAsync(Get(status));

        Assert.IsType<ImportProgress.Done>(await rig.Importer.PollAsync(ImportRig.Registry, ImportRig.Location, Cancel));

        var request = rig.Server.Requests.Single();
        Assert.Equal("Bearer entra-token", request.Authorization);
        Assert.Equal($"GET {ImportRig.OperationPath}?api-version=2025-11-01", request.ToString());
    }

    [Theory]
    [InlineData(null, ImportRig.Location)]
    [InlineData("https://management.azure.com/moved?api-version=1", "https://management.azure.com/moved?api-version=1")]
    public async Task Poll_Running_KeepsOrTakesTheLocation(string? moved, string expected)
    {
        await using var rig = await ImportRig.StartAsync(Get(202, string.Empty, moved is null ? [("Retry-After", "5")] : [("Location", moved), ("Retry-After", "5")]));

        var running = Assert.IsType<ImportProgress.Running>(await rig.Importer.PollAsync(ImportRig.Registry, ImportRig.Location, Cancel));

        Assert.Equal((expected, TimeSpan.FromSeconds(5)), (running.Location, running.RetryAfter));
    }

    [Theory]
    [InlineData("https://evil.example/op")]
    [InlineData("file:///etc/passwd")]
    [InlineData("")]
    public async Task Poll_LocationElsewhere_IsNotAskedWithOurToken(string location)
    {
        await using var rig = await ImportRig.StartAsync();

        var progress = await rig.Importer.PollAsync(ImportRig.Registry, location, Cancel);

        if (location.Length > 0)
        {
            Assert.Equal("location-foreign", Assert.IsType<ImportProgress.Failed>(progress).Code);
            Assert.Empty(rig.Server.Requests);
        }
        else
        {
            Assert.IsType<ImportProgress.Failed>(progress);
        }
    }

    [Fact]
    public async Task Poll_MovedElsewhere_Fails()
    {
        await using var rig = await ImportRig.StartAsync(Get(202, string.Empty, ("Location", "https://evil.example/op")));

        Assert.Equal("location-foreign", Assert.IsType<ImportProgress.Failed>(await rig.Importer.PollAsync(ImportRig.Registry, ImportRig.Location, Cancel)).Code);
    }

    [Theory]
    [InlineData(404, "", "http-404", true)]
    [InlineData(404, """{"error":{"code":"ResourceNotFound","message":"The operation is not found."}}""", "ResourceNotFound", true)]
    [InlineData(404, """{"error":{"code":"NotFound","message":"manifest unknown: library/nginx"}}""", "NotFound", false)]
    [InlineData(404, """{"error":{"code":"SourceImageNotFound","message":"gone"}}""", "SourceImageNotFound", false)]
    [InlineData(400, """{"error":{"code":"BadRequest","message":"The remote server may not be RFC 7233 compliant"}}""", "BadRequest", false)]
    [InlineData(400, """{"error":{"code":"SourceUnavailable","message":"Unexpected response status code"}}""", "SourceUnavailable", true)]
    [InlineData(400, """{"error":{"code":"SourceImageNotFound","message":"The source image cannot be found"}}""", "SourceImageNotFound", false)]
    [InlineData(403, """{"error":{"code":"AuthorizationFailed","message":"no"}}""", "AuthorizationFailed", false)]
    [InlineData(409, """{"error":{"code":"Conflict","message":"already exists in target registry"}}""", "Conflict", false)]
    [InlineData(502, """{"error":{"code":"BadGateway","message":"Unexpected response status code 429"}}""", "BadGateway", true)]
    [InlineData(500, """{"error":{"code":"InternalServerError","message":"manifest unknown"}}""", "InternalServerError", false)]
    [InlineData(200, """{"status":"Failed","error":{"code":"ImportFailed","message":"Operation timed out"}}""", "ImportFailed", true)]
    public async Task Poll_Failed_TellsALostOperationFromALostImage(int status, string body, string code, bool retryable)
    {
        await using var rig = await ImportRig.StartAsync(Get(status, body));

        var failed = Assert.IsType<ImportProgress.Failed>(await rig.Importer.PollAsync(ImportRig.Registry, ImportRig.Location, Cancel));

        Assert.Equal((code, retryable), (failed.Code, failed.Retryable));
    }

    /// <summary>What a source can do to an import that was accepted; the texts are the published ones.</summary>
    [Theory]
    [InlineData(404, """{"error":{"code":"NotFound","message":"The source image cannot be found."}}""", false)]
    [InlineData(400, """{"error":{"code":"BadRequest","message":"Unexpected response status code 401 Unauthorized from registry-1.docker.io","target":null}}""", false)]
    [InlineData(400, """{"error":{"code":"BadRequest","message":"Unexpected response status code 429 Too Many Requests","details":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit"}]}}""", true)]
    [InlineData(503, """{"error":{"code":"RegistryUnavailable","message":"The remote server may not be RFC 7233 compliant"}}""", false)]
    [InlineData(502, """{"error":{"code":"BadGateway","message":"Unexpected length of body in response"}}""", true)]
    [InlineData(409, """{"error":{"code":"Conflict","message":"Tag nginx:1 already exists in target registry."}}""", false)]
    [InlineData(500, """{"error":{"code":"InternalServerError","message":"The import was interrupted; start it again."}}""", true)]
    public async Task Poll_ImportFailedAfterItWasAccepted_EndsIt(int status, string body, bool retryable)
    {
        await using var rig = await ImportRig.StartAsync(Get(status, body));

        var failed = Assert.IsType<ImportProgress.Failed>(await rig.Importer.PollAsync(ImportRig.Registry, ImportRig.Location, Cancel));

        Assert.Equal((retryable, false), (failed.Retryable, failed.StillRuns));
    }

    [Theory]
    [InlineData(401, """{"error":{"code":"ExpiredAuthenticationToken","message":"old"}}""", "ExpiredAuthenticationToken")]
    [InlineData(401, """{"error":{"code":"InvalidAuthenticationToken","message":"bad"}}""", "InvalidAuthenticationToken")]
    [InlineData(429, """{"error":{"code":"TooManyRequests","message":"wait"}}""", "TooManyRequests")]
    [InlineData(503, "<html>", "http-503")]
    [InlineData(504, "", "http-504")]
    public async Task Poll_CannotBeAsked_SaysThatTheImportGoesOn(int status, string body, string code)
    {
        await using var rig = await ImportRig.StartAsync(Get(status, body, ("Retry-After", "33")));

        var failed = Assert.IsType<ImportProgress.Failed>(await rig.Importer.PollAsync(ImportRig.Registry, ImportRig.Location, Cancel));

        Assert.Equal((code, true, true, TimeSpan.FromSeconds(33)), (failed.Code, failed.Retryable, failed.StillRuns, failed.RetryAfter));
    }

    [Fact]
    public async Task Poll_ConnectionBreaks_SaysThatTheImportGoesOn()
    {
        await using var rig = await ImportRig.StartAsync(new ScriptStep("*", "*") { Fail = true });

        Assert.True(Assert.IsType<ImportProgress.Failed>(await rig.Importer.PollAsync(ImportRig.Registry, ImportRig.Location, Cancel)).StillRuns);
    }

    private static ScriptStep Get(int status, string body = "", params (string, string)[] headers) =>
        new("GET", ImportRig.OperationPath) { Status = status, Body = Encoding.UTF8.GetBytes(body), Headers = headers };
}
