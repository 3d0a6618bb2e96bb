using Azure.Core;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Results;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Arm;

/// <summary>Error answers as Resource Manager and the gateways before it write them.</summary>
public class ArmFailureTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, """{"error":{"code":"InvalidRequestContent","message":"bad","target":null,"details":[],"additionalInfo":[]}}""", "InvalidRequestContent", "bad", ErrorKind.Invalid, false)]
    [InlineData(400, """{"error":{"code":"X","message":"outer","target":"y","details":[{"code":"A","message":"one","target":null},{"code":null,"message":null},"text"]}}""", "X", "outer; A: one; : ", ErrorKind.Invalid, false)]
    [InlineData(403, """{"error":{"code":"AuthorizationFailed","message":"The client 'x' does not have authorization"}}""", "AuthorizationFailed", "The client 'x' does not have authorization", ErrorKind.Forbidden, false)]
    [InlineData(403, """{"error":{"code":"RequestDisallowedByPolicy","target":"contoso","message":"denied","additionalInfo":[{"type":"PolicyViolation","info":{}}]}}""", "RequestDisallowedByPolicy", "denied", ErrorKind.Forbidden, false)]
    [InlineData(409, """{"error":{"code":"ScopeLocked","message":"locked"}}""", "ScopeLocked", "locked", ErrorKind.Conflict, false)]
    [InlineData(401, """{"error":{"code":"ExpiredAuthenticationToken","message":"old"}}""", "ExpiredAuthenticationToken", "old", ErrorKind.Unavailable, true)]
    [InlineData(429, """{"error":{"code":"SubscriptionRequestsThrottled","message":"slow"}}""", "SubscriptionRequestsThrottled", "slow", ErrorKind.Unavailable, true)]
    [InlineData(400, """{"error":{"message":"no code"}}""", "http-400", "no code", ErrorKind.Invalid, false)]
    [InlineData(400, """{"code":"Flat","message":"without an envelope"}""", "Flat", "without an envelope", ErrorKind.Invalid, false)]
    [InlineData(503, "<html><body>Service Unavailable</body></html>", "http-503", "The service answered 503 without saying why.", ErrorKind.Unavailable, true)]
    [InlineData(502, "", "http-502", "The service answered 502 without saying why.", ErrorKind.Unavailable, true)]
    [InlineData(400, """{"error":{"code":7,"message":{"value":"x"}}}""", "http-400", "The service answered 400 without saying why.", ErrorKind.Invalid, false)]
    public async Task Answer_Envelope_IsReadAndKept(int status, string body, string code, string message, ErrorKind kind, bool transient)
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("GET", ArmRig.Id, status, body));

        var failure = Assert.IsType<ArmFailure>((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Error);

        Assert.Equal((code, message, kind, transient, status), (failure.Code, failure.Message, failure.Kind, failure.IsTransient, failure.Status));
        Assert.Equal(body.Length == 0 ? null : body, failure.Body);
    }

    [Fact]
    public async Task Answer_LongBody_IsKeptInPart()
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("GET", ArmRig.Id, 500, new string('x', 10_000)));

        Assert.Equal(4096, Assert.IsType<ArmFailure>((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Error).Body!.Length);
    }

    [Fact]
    public async Task Failure_Ids_AreInTheValueAndInOneLogLine()
    {
        await using var rig = await ArmRig.StartAsync(
            new StubCredential(),
            options => (options.MaxRetries, options.RetryDelay, options.MaxRetryDelay) = (2, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2)),
            null,
            ArmRig.Answer("GET", ArmRig.Id, 500, """{"error":{"code":"InternalServerError","message":"oops"}}""", ("x-ms-request-id", "r-1"), ("x-ms-correlation-request-id", "c-1")));

        var failure = Assert.IsType<ArmFailure>((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Error);

        Assert.Equal(3, rig.Server.Requests.Count);
        var sent = rig.Server.Requests.Select(request => request.Header("x-ms-client-request-id")).Distinct().Single();
        Assert.Equal((sent, "r-1", "c-1"), (failure.ClientRequestId, failure.RequestId, failure.CorrelationId));
        Assert.Equal($"InternalServerError: oops (client request id {sent}, request id r-1, correlation id c-1)", failure.ToString());
        var line = Assert.Single(rig.Logs.Entries);
        Assert.Equal("CallFailed", line.Event);
        Assert.Equal((sent, "r-1", "c-1", 500, "InternalServerError", ArmRig.Id), (line.Values["ClientRequestId"], line.Values["RequestId"], line.Values["CorrelationId"], line.Values["Status"], line.Values["Code"], line.Values["Path"]));
        Assert.DoesNotContain("entra-token", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("api-version", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Absent_IsNotLoggedAsAFailure()
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("GET", ArmRig.Id, 404));

        await rig.Registries.GetAsync(ArmRig.Registry, Cancel);

        Assert.Empty(rig.Logs.Entries);
    }

    [Fact]
    public async Task Unreachable_IsTransientAndLogged()
    {
        await using var rig = await ArmRig.StartAsync(new ScriptStep("*", "*") { Fail = true });

        var failure = Assert.IsType<ArmFailure>((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Error);

        Assert.Equal(("unreachable", 0, true), (failure.Code, failure.Status, failure.IsTransient));
        Assert.NotNull(failure.ClientRequestId);
        Assert.Equal("unreachable", Assert.Single(rig.Logs.Entries).Values["Code"]);
    }

    [Theory]
    [InlineData("a\"quote<>'")]
    [InlineData("plain-s3cret")]
    public async Task Secret_SentBack_IsGoneFromMessageAndBodyEvenWhenCut(string secret)
    {
        var json = System.Text.Json.JsonEncodedText.Encode(secret).ToString();
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("POST", ArmRig.Id, 400, $$$$$"""{"error":{"code":"X","message":"{{{{{new string('m', 1024 - (json.Length / 2))}}}}}{{{{{json}}}}}"}}"""));
        var answer = await rig.Client.SendAsync(RequestMethod.Post, rig.Client.UriOf(ArmRig.Id, "1"), "{}"u8.ToArray(), "r", Cancel);

        var failure = Azure.Arm.ArmFailures.Of(answer, secret);

        Assert.DoesNotContain(secret[..4], failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(json[..4], failure.Body, StringComparison.Ordinal);
    }
}
