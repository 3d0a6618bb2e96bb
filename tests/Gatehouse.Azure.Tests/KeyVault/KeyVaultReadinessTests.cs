using Gatehouse.Core.Ledger;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.KeyVault;

public sealed class KeyVaultReadinessTests
{
    private const string Denied = """{"error":{"code":"Forbidden","message":"Caller is not authorized to perform action on resource.","innererror":{"code":"ForbiddenByRbac"}}}""";

    [Fact]
    public async Task FindProblem_MaySignOnlyByName_IsAProblemUntilItMay()
    {
        await using var rig = await KeyVaultRig.StartAsync();
        var (key, json) = rig.NewKey("v1");
        rig.Server.Add(ScriptStep.Get(KeyVaultRig.KeyPath, json), KeyVaultRig.Json("POST", "*", 403, Denied) with { Times = 1 }, KeyVaultRig.Signing(key, "v1"));

        Assert.Contains("'Key Vault Crypto User'", await rig.Signer.FindProblemAsync(KeyVaultRig.Cancel), StringComparison.Ordinal);
        rig.Clock.Advance(TimeSpan.FromSeconds(16));
        Assert.Null(await rig.Signer.FindProblemAsync(KeyVaultRig.Cancel));
    }

    [Fact]
    public async Task FindProblem_AskedByMany_AsksTheVaultOnceInAWhile()
    {
        await using var rig = await KeyVaultRig.StartAsync();
        rig.Server.Add(KeyVaultRig.Json("GET", "*", 403, Denied));

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => rig.Signer.FindProblemAsync(KeyVaultRig.Cancel)));

        Assert.All(answers, Assert.NotNull);
        Assert.Single(rig.Server.Requests);
        rig.Clock.Advance(TimeSpan.FromSeconds(16));
        await rig.Signer.FindProblemAsync(KeyVaultRig.Cancel);
        Assert.Equal(2, rig.Server.Requests.Count);
    }

    [Fact]
    public async Task FindProblem_SealingFoundOut_KnowsWithoutAsking()
    {
        await using var rig = await KeyVaultRig.StartAsync();
        var (key, json) = rig.NewKey("v1");
        rig.Server.Add(ScriptStep.Get(KeyVaultRig.KeyPath, json), KeyVaultRig.Signing(key, "v1") with { Times = 1 }, KeyVaultRig.Json("POST", "*", 403, Denied));

        await rig.Signer.SignAsync(new byte[] { 1 }, KeyVaultRig.Cancel);
        Assert.Null(await rig.Signer.FindProblemAsync(KeyVaultRig.Cancel));
        Assert.Equal(1, rig.Server.Count("POST", "*"));
        await Assert.ThrowsAsync<SigningException>(() => rig.Signer.SignAsync(new byte[] { 1 }, KeyVaultRig.Cancel));
        Assert.NotNull(await rig.Signer.FindProblemAsync(KeyVaultRig.Cancel));
        Assert.Equal(2, rig.Server.Count("POST", "*"));
    }

    /// <summary>The vault never answers; our own limit ends the wait.</summary>
    [Fact]
    public async Task FindProblem_VaultThatHangs_IsAProblemAfterTheLimit()
    {
        await using var rig = await KeyVaultRig.StartAsync();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Server.Add(new ScriptStep("GET", "*")
        {
            Answer = _ =>
            {
                asked.SetResult();
                return ScriptStep.Get("*", "12345") with { FailAfter = 3, FailWhen = end.Task };
            },
        });

        var asking = rig.Signer.FindProblemAsync(KeyVaultRig.Cancel);
        await asked.Task;
        rig.Clock.Advance(TimeSpan.FromSeconds(20));
        var problem = await asking;
        end.SetResult();

        Assert.Contains("did not answer in time", problem, StringComparison.Ordinal);
    }
}
