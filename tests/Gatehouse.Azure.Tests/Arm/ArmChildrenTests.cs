using System.Text;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Proxy;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Arm;

/// <summary>Replications, cache rules and credential sets, as the published examples have them.</summary>
public class ArmChildrenTests
{
    private const string Rule = ArmRig.Id + "/cacheRules/nginx";
    private const string Set = ArmRig.Id + "/credentialSets/dockerhub";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Succeeded", """{"displayStatus":"Ready","message":"The replication is ready.","timestamp":"2026-03-01T00:00:00Z"}""", true)]
    [InlineData("succeeded", """{"displayStatus":"online"}""", true)]
    [InlineData("Updating", """{"displayStatus":"Ready"}""", false)]
    [InlineData("Succeeded", """{"displayStatus":"Syncing"}""", false)]
    [InlineData("Succeeded", "null", false)]
    [InlineData("Failed", """{"displayStatus":null}""", false)]
    public async Task Replications_Status_IsReadyOnlyWhenKnownToBe(string provisioning, string status, bool ready)
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ArmRig.Id + "/replications", $$$$$"""
            {"value":[{"id":"x","name":"northeurope","location":"North Europe","properties":{"provisioningState":"{{{{{provisioning}}}}}","status":{{{{{status}}}}},"regionEndpointEnabled":true,"zoneRedundancy":"Disabled"}}]}
            """));

        var state = Assert.Single((await rig.Replications.ListAsync(ArmRig.Registry, Cancel)).Value);

        Assert.Equal(("northeurope", "northeurope", true, ready), (state.Name, state.Region, state.RoutingEnabled, state.IsReady));
    }

    [Fact]
    public async Task Replication_WithoutAWordOnRouting_IsNotSaidToBeRouted()
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ArmRig.Id + "/replications/northeurope", """{"id":"x","name":"northeurope","location":"northeurope"}"""));

        var state = (await rig.Replications.GetAsync(ArmRig.Registry, "northeurope", Cancel)).Value!;

        Assert.Equal((null, null, false), (state.RoutingEnabled, state.ProvisioningState, state.IsReady));
    }

    [Fact]
    public async Task CacheRule_PutGetPatchDelete_SpeaksTheWire()
    {
        await using var rig = await ArmRig.StartAsync(
            ArmRig.Answer("PUT", Rule, 201, """{"properties":{"provisioningState":"Creating"}}""", ("Azure-AsyncOperation", ArmRig.Operation)),
            ScriptStep.Get(Rule, $$$$$"""{"id":"{{{{{Rule}}}}}","name":"nginx","properties":{"sourceRepository":"docker.io/library/nginx","targetRepository":"nginx","credentialSetResourceId":null,"creationDate":"2026-01-01T00:00:00Z","provisioningState":"Succeeded"}}"""),
            ArmRig.Answer("PATCH", Rule, 200, """{"properties":{"provisioningState":"Succeeded"}}"""),
            ArmRig.Answer("DELETE", Rule, 202, string.Empty, ("Location", ArmRig.Operation)));

        Assert.IsType<ControlProgress.Running>(await rig.CacheRules.PutAsync(ArmRig.Registry, new CacheRule("nginx", "docker.io/library/nginx", "nginx", Set), Cancel));
        Assert.Equal(new CacheRule("nginx", "docker.io/library/nginx", "nginx", null, "Succeeded"), (await rig.CacheRules.GetAsync(ArmRig.Registry, "nginx", Cancel)).Value);
        Assert.IsType<ControlProgress.Done>(await rig.CacheRules.SetCredentialsAsync(ArmRig.Registry, "nginx", Set, Cancel));
        Assert.IsType<ControlProgress.Done>(await rig.CacheRules.SetCredentialsAsync(ArmRig.Registry, "nginx", null, Cancel));
        Assert.Equal(ControlOperationStyle.Location, Assert.IsType<ControlProgress.Running>(await rig.CacheRules.DeleteAsync(ArmRig.Registry, "nginx", Cancel)).Operation.Style);

        Assert.Equal(
            [
                $$$"""{"properties":{"sourceRepository":"docker.io/library/nginx","targetRepository":"nginx","credentialSetResourceId":"{{{Set}}}"}}""",
                string.Empty,
                $$$"""{"properties":{"credentialSetResourceId":"{{{Set}}}"}}""",

                // Null takes the credentials away; left out, nothing would change.
                """{"properties":{"credentialSetResourceId":null}}""",
                string.Empty,
            ],
            rig.Server.Requests.Select(request => Encoding.UTF8.GetString(request.Body.Span)));
    }

    [Fact]
    public async Task CacheRules_AnonymousRule_LeavesCredentialsOut()
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("PUT", Rule, 200));

        await rig.CacheRules.PutAsync(ArmRig.Registry, new CacheRule("nginx", "mcr.microsoft.com/dotnet/*", "dotnet/*"), Cancel);

        Assert.Equal("""{"properties":{"sourceRepository":"mcr.microsoft.com/dotnet/*","targetRepository":"dotnet/*"}}""", Encoding.UTF8.GetString(rig.Server.Requests.Single().Body.Span));
    }

    [Fact]
    public async Task CredentialSet_PutAndPatch_NameSecretsAndNeverHoldThem()
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("PUT", Set, 200), ArmRig.Answer("PATCH", Set, 200));
        var set = new CredentialSet("dockerhub", "docker.io", "https://kv.vault.azure.net/secrets/u", "https://kv.vault.azure.net/secrets/p");

        Assert.IsType<ControlProgress.Done>(await rig.CredentialSets.PutAsync(ArmRig.Registry, set, Cancel));
        Assert.IsType<ControlProgress.Done>(await rig.CredentialSets.SetSecretsAsync(ArmRig.Registry, "dockerhub", "https://kv.vault.azure.net/secrets/u2", "https://kv.vault.azure.net/secrets/p2", Cancel));

        Assert.Equal(
            [
                """{"identity":{"type":"SystemAssigned"},"properties":{"loginServer":"docker.io","authCredentials":[{"name":"Credential1","usernameSecretIdentifier":"https://kv.vault.azure.net/secrets/u","passwordSecretIdentifier":"https://kv.vault.azure.net/secrets/p"}]}}""",
                """{"properties":{"authCredentials":[{"name":"Credential1","usernameSecretIdentifier":"https://kv.vault.azure.net/secrets/u2","passwordSecretIdentifier":"https://kv.vault.azure.net/secrets/p2"}]}}""",
            ],
            rig.Server.Requests.Select(request => Encoding.UTF8.GetString(request.Body.Span)));
    }

    [Theory]
    [InlineData("""{"status":"Healthy","errorCode":null,"errorMessage":null}""", true, null)]
    [InlineData("""{"status":"Unhealthy","errorCode":"KeyVaultUnreachable","errorMessage":"no access"}""", false, "KeyVaultUnreachable: no access")]
    [InlineData("null", null, null)]
    public async Task CredentialSets_Health_IsTold(string health, bool? healthy, string? problem)
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(ArmRig.Id + "/credentialSets", $$$$$"""
            {"value":[{"id":"{{{{{Set}}}}}","name":"dockerhub","identity":{"type":"SystemAssigned","principalId":"p-1"},
              "properties":{"loginServer":"docker.io","provisioningState":"Succeeded","authCredentials":[{"name":"Credential1","usernameSecretIdentifier":"u","passwordSecretIdentifier":"p","credentialHealth":{{{{{health}}}}}}]}}]}
            """));

        var set = Assert.Single((await rig.CredentialSets.ListAsync(ArmRig.Registry, Cancel)).Value);

        Assert.Equal((Set, "p-1", healthy, problem, "u", "p"), (set.ResourceId, set.PrincipalId, set.IsHealthy, set.Problem, set.UsernameSecret, set.PasswordSecret));
    }

    [Fact]
    public async Task CredentialSet_WithoutCredentials_IsReadable()
    {
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(Set, """{"id":"x","name":"dockerhub","properties":{"loginServer":"docker.io","authCredentials":null}}"""));

        Assert.Null((await rig.CredentialSets.GetAsync(ArmRig.Registry, "dockerhub", Cancel)).Value!.IsHealthy);
    }
}
