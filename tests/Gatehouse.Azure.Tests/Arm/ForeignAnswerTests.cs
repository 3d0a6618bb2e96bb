using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Results;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Arm;

/// <summary>A 404 is Resource Manager's word only in its envelope: one of a proxy must not make a resource absent, or a change done or failed.</summary>
public sealed class ForeignAnswerTests
{
    private const string Page = "<html>gateway-7 knows no such host</html>";
    private const string Replica = ArmRig.Id + "/replications/northeurope";

    private static readonly ControlOperation Status = new(ControlOperationStyle.AsyncOperation, ArmRig.Operation, Replica, "2025-11-01");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Page)]
    [InlineData("")]
    [InlineData("""{"error":{"code":"InvalidResourceType","message":"x"}}""")]
    public async Task Get_404WithoutItsCode_IsAFailureNotAnAbsence(string body)
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("GET", ArmRig.Id, 404, body), ArmRig.Answer("GET", Replica, 404, body));

        var registry = Assert.IsType<ArmFailure>((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Error);
        var replica = Assert.IsType<ArmFailure>((await rig.Replications.GetAsync(ArmRig.Registry, "northeurope", Cancel)).Error);

        Assert.Equal((ErrorKind.Unavailable, 404, body.Length == 0 ? null : body), (registry.Kind, registry.Status, registry.Body));
        Assert.Equal((ErrorKind.Unavailable, 404), (replica.Kind, replica.Status));
    }

    [Theory]
    [InlineData("ResourceNotFound")]
    [InlineData("ResourceGroupNotFound")]
    [InlineData("SubscriptionNotFound")]
    [InlineData("NotFound")]
    public async Task Get_404WithItsCode_IsAnAbsence(string code)
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("GET", ArmRig.Id, 404, $$$"""{"error":{"code":"{{{code}}}","message":"x"}}"""));

        Assert.Null((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).Value);
    }

    [Fact]
    public async Task Delete_404OfAProxy_IsNotDone()
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("DELETE", Replica, 404, Page));

        var failed = Assert.IsType<ControlProgress.Failed>(await rig.Replications.DeleteAsync(ArmRig.Registry, "northeurope", Cancel));

        Assert.Equal((404, Page), (failed.Failure.Status, failed.Failure.Body));
    }

    [Fact]
    public async Task Poll_ResourceAnswered404ByAProxy_IsUnknown()
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ArmRig.OperationPath, """{"status":"Succeeded"}"""), ArmRig.Answer("GET", Replica, 404, Page));

        Assert.IsType<ControlProgress.Unknown>(await rig.Operations.PollAsync(Status, Cancel));
    }

    /// <summary>What there is to read in the end would tell; where there is nothing, only the operation can.</summary>
    [Fact]
    public async Task Poll_OperationAnswered404ByAProxy_IsUnknown()
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("GET", ArmRig.OperationPath, 404, Page));

        Assert.IsType<ControlProgress.Unknown>(await rig.Operations.PollAsync(Status with { Resource = null }, Cancel));
    }
}
