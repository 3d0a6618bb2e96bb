using Gatehouse.Core.Estate.Control;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Arm;

/// <summary>Both of Resource Manager's ways to say that something takes time.</summary>
public class ArmOperationsTests
{
    private const string Replica = ArmRig.Id + "/replications/northeurope";
    private const string ResultPath = $"/subscriptions/{ArmRig.Subscription}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/locations/westeurope/operationResults/operationStatuses/registries-7";
    private const string Result = ArmRig.Host + ResultPath + "?api-version=2025-11-01";
    private const string Ready = """{"id":"x","name":"northeurope","properties":{"provisioningState":"Succeeded"}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ControlOperation Status => new(ControlOperationStyle.AsyncOperation, ArmRig.Operation, Replica, "2025-11-01");

    private static ControlOperation Located => new(ControlOperationStyle.Location, Result, null, "2025-11-01");

    [Theory]
    [InlineData(ArmRig.Operation)]
    [InlineData(ArmRig.OperationPath + "?api-version=2025-11-01")]
    public async Task Put_Accepted_GivesAnOperationToStore(string url)
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("PUT", Replica, 201, """{"properties":{"provisioningState":"Creating"}}""", ("Azure-AsyncOperation", url), ("Retry-After", "15")));

        var running = Assert.IsType<ControlProgress.Running>(await rig.Replications.CreateAsync(ArmRig.Registry, "northeurope", true, Cancel));

        Assert.Equal((Status, TimeSpan.FromSeconds(15)), (running.Operation, running.RetryAfter));
        Assert.Equal("""{"location":"northeurope","properties":{"regionEndpointEnabled":true}}""", System.Text.Encoding.UTF8.GetString(rig.Server.Requests.Single().Body.Span));
    }

    [Fact]
    public async Task Delete_Accepted_GivesALocationAndNothingToReadInTheEnd()
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("DELETE", Replica, 202, string.Empty, ("Location", Result), ("Retry-After", "10")), ArmRig.Answer("GET", ResultPath, 204));

        var running = Assert.IsType<ControlProgress.Running>(await rig.Replications.DeleteAsync(ArmRig.Registry, "northeurope", Cancel));

        Assert.Equal(Located, running.Operation);
        Assert.IsType<ControlProgress.Done>(await rig.Operations.PollAsync(running.Operation, Cancel));
        Assert.Equal(2, rig.Server.Requests.Count);
    }

    [Theory]
    [InlineData(204, "")]
    [InlineData(404, """{"error":{"code":"ResourceNotFound","message":"x"}}""")]
    [InlineData(200, "")]
    public async Task Delete_Gone_IsDone(int status, string body)
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("DELETE", Replica, status, body));

        Assert.IsType<ControlProgress.Done>(await rig.Replications.DeleteAsync(ArmRig.Registry, "northeurope", Cancel));
    }

    [Theory]
    [InlineData(200, Ready)]
    [InlineData(200, """{"id":"x"}""")]
    [InlineData(200, "")]
    public async Task Patch_MadeAtOnce_IsDone(int status, string body)
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("PATCH", Replica, status, body));

        Assert.IsType<ControlProgress.Done>(await rig.Replications.SetRoutingAsync(ArmRig.Registry, "northeurope", false, Cancel));
        Assert.Equal("""{"properties":{"regionEndpointEnabled":false}}""", System.Text.Encoding.UTF8.GetString(rig.Server.Requests.Single().Body.Span));
    }

    [Fact]
    public async Task Patch_UnderWayWithoutAnAddress_IsAskedAfterAtTheResource()
    {
        await using var rig = await ArmRig.StartAsync(
            ArmRig.Answer("PATCH", Replica, 201, """{"properties":{"provisioningState":"Updating"}}"""),
            ScriptStep.Get(Replica, """{"properties":{"provisioningState":"Updating"}}""", ("Retry-After", "3")) with { Times = 1 },
            ScriptStep.Get(Replica, Ready));
        var running = Assert.IsType<ControlProgress.Running>(await rig.Replications.SetRoutingAsync(ArmRig.Registry, "northeurope", false, Cancel));

        Assert.Equal(TimeSpan.FromSeconds(3), Assert.IsType<ControlProgress.Running>(await rig.Operations.PollAsync(running.Operation, Cancel)).RetryAfter);
        Assert.IsType<ControlProgress.Done>(await rig.Operations.PollAsync(running.Operation, Cancel));
    }

    [Theory]
    [InlineData("Azure-AsyncOperation", "https://evil.example/op")]
    [InlineData("Location", "https://evil.example/op")]
    [InlineData("Location", "//evil.example/op")]
    [InlineData("Location", "https://management.azure.com:444/op")]
    public async Task Start_AddressElsewhere_IsRefused(string header, string url)
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("PUT", Replica, 202, string.Empty, (header, url)));

        Assert.Equal("location-foreign", Assert.IsType<ControlProgress.Failed>(await rig.Replications.CreateAsync(ArmRig.Registry, "northeurope", true, Cancel)).Failure.Code);
    }

    [Fact]
    public async Task Poll_StoredAddressElsewhere_IsNotAskedWithOurToken()
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("*", "*", 200));

        Assert.Equal("location-foreign", Assert.IsType<ControlProgress.Failed>(await rig.Operations.PollAsync(Status with { Url = "https://evil.example/op" }, Cancel)).Failure.Code);
        Assert.Empty(rig.Server.Requests);
    }

    [Theory]
    [InlineData("""{"id":"x","name":"y","status":"InProgress"}""")]
    [InlineData("""{"status":"Creating","error":null}""")]
    [InlineData("""{"status":"SomeWordOfTomorrow"}""")]
    public async Task Status_EveryOtherWord_GoesOn(string body)
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ArmRig.OperationPath, body, ("Retry-After", "7")));

        var running = Assert.IsType<ControlProgress.Running>(await rig.Operations.PollAsync(Status, Cancel));

        Assert.Equal((Status, TimeSpan.FromSeconds(7)), (running.Operation, running.RetryAfter));
        Assert.Single(rig.Server.Requests);
    }

    [Fact]
    public async Task Status_Succeeded_ReadsTheResourceInTheEnd()
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ArmRig.OperationPath, """{"status":"succeeded"}"""), ScriptStep.Get(Replica, Ready));

        Assert.IsType<ControlProgress.Done>(await rig.Operations.PollAsync(Status, Cancel));
        Assert.Equal([$"GET {ArmRig.OperationPath}?api-version=2025-11-01", $"GET {Replica}?api-version=2025-11-01"], rig.Server.Requests.Select(request => request.ToString()));
    }

    [Theory]
    [InlineData("""{"properties":{"provisioningState":"Failed"}}""", "operation-failed")]
    [InlineData("""{"properties":{"provisioningState":"Canceled"}}""", "operation-canceled")]
    public async Task Status_SucceededButTheResourceIsNot_Failed(string resource, string code)
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ArmRig.OperationPath, """{"status":"Succeeded"}"""), ScriptStep.Get(Replica, resource));

        Assert.Equal(code, Assert.IsType<ControlProgress.Failed>(await rig.Operations.PollAsync(Status, Cancel)).Failure.Code);
    }

    [Theory]
    [InlineData("""{"status":"Failed","error":{"code":"ReplicationFailed","message":"no free IP","details":[{"code":"Subnet","message":"full"}]}}""", "ReplicationFailed", "no free IP; Subnet: full")]
    [InlineData("""{"status":"Failed"}""", "operation-failed", "The change ended as Failed, without a reason.")]
    [InlineData("""{"status":"Canceled","error":null}""", "operation-canceled", "The change ended as Canceled, without a reason.")]
    public async Task Status_Ended_KeepsWhy(string body, string code, string message)
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ArmRig.OperationPath, body));

        var failure = Assert.IsType<ControlProgress.Failed>(await rig.Operations.PollAsync(Status, Cancel)).Failure;

        Assert.Equal((code, message, body), (failure.Code, failure.Message, failure.Body));
    }

    [Fact]
    public async Task Status_ForgottenOperation_IsJudgedByTheResource()
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("GET", ArmRig.OperationPath, 404), ScriptStep.Get(Replica, Ready));

        Assert.IsType<ControlProgress.Done>(await rig.Operations.PollAsync(Status, Cancel));
    }

    [Theory]
    [InlineData(401, """{"error":{"code":"InvalidAuthenticationToken","message":"x"}}""")]
    [InlineData(403, """{"error":{"code":"AuthorizationFailed","message":"operationStatuses/read"}}""")]
    [InlineData(429, "")]
    [InlineData(500, "")]
    [InlineData(503, "<html>")]
    [InlineData(200, "not json")]
    [InlineData(200, "{}")]
    public async Task Status_CannotBeAsked_IsUnknownAndKeepsTheOperation(int status, string body)
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("GET", ArmRig.OperationPath, status, body));

        Assert.Equal(Status, Assert.IsType<ControlProgress.Unknown>(await rig.Operations.PollAsync(Status, Cancel)).Operation);
    }

    [Fact]
    public async Task Status_SucceededAndTheResourceCannotBeRead_IsUnknown()
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ArmRig.OperationPath, """{"status":"Succeeded"}"""), ArmRig.Answer("GET", Replica, 503));

        Assert.Equal(Status, Assert.IsType<ControlProgress.Unknown>(await rig.Operations.PollAsync(Status, Cancel)).Operation);
    }

    [Theory]
    [InlineData(202, "", nameof(ControlProgress.Running))]
    [InlineData(200, "", nameof(ControlProgress.Done))]
    [InlineData(204, "", nameof(ControlProgress.Done))]
    [InlineData(200, """{"id":"x","properties":{}}""", nameof(ControlProgress.Done))]
    [InlineData(200, """{"status":"InProgress"}""", nameof(ControlProgress.Running))]
    [InlineData(200, """{"status":"Failed"}""", nameof(ControlProgress.Failed))]
    [InlineData(200, """{"error":{"code":"X","message":"y"}}""", nameof(ControlProgress.Failed))]
    [InlineData(400, """{"error":{"code":"X","message":"y"}}""", nameof(ControlProgress.Failed))]
    [InlineData(500, """{"error":{"code":"InternalServerError","message":"y"}}""", nameof(ControlProgress.Failed))]
    [InlineData(401, "", nameof(ControlProgress.Unknown))]
    [InlineData(429, "", nameof(ControlProgress.Unknown))]
    [InlineData(503, "", nameof(ControlProgress.Unknown))]
    [InlineData(504, "", nameof(ControlProgress.Unknown))]
    public async Task Location_Answer_Means(int status, string body, string expected)
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("GET", ResultPath, status, body));

        Assert.Equal(expected, (await rig.Operations.PollAsync(Located, Cancel)).GetType().Name);
    }

    [Fact]
    public async Task Location_Moved_IsFollowedFromThereOn()
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("GET", ResultPath, 202, string.Empty, ("Location", "/moved?api-version=2")));

        Assert.Equal(ArmRig.Host + "/moved?api-version=2", Assert.IsType<ControlProgress.Running>(await rig.Operations.PollAsync(Located, Cancel)).Operation.Url);
    }

    [Theory]
    [InlineData("../../evil")]
    [InlineData("a?b=c")]
    [InlineData("")]
    public async Task Change_NameThatIsNone_IsNotSent(string name)
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("*", "*", 200));

        Assert.Equal("name-invalid", Assert.IsType<ControlProgress.Failed>(await rig.Replications.DeleteAsync(ArmRig.Registry, name, Cancel)).Failure.Code);
        Assert.Equal("name-invalid", (await rig.Replications.GetAsync(ArmRig.Registry, name, Cancel)).Error.Code);
        Assert.Empty(rig.Server.Requests);
    }
}
