using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Blobs;
using Gatehouse.Core.Ledger.Verification;
using Gatehouse.Emulator.KeyVault;
using Gatehouse.Functions.Triggers;
using Gatehouse.TestKit.Host;
using Gatehouse.TestKit.Peers;

namespace Gatehouse.Functions.Tests.EndToEnd;

/// <summary>The published app signing in the emulated Key Vault, with the real managed identity credential.</summary>
[Collection(PublishedCollection.Name)]
public sealed class KeyVaultTests
{
    private const string Key = EmulatedVaultOptions.DefaultKey;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KeyVault_DeniedAtStart_IsSaidAndNothingIsLostOrTwice()
    {
        await using var estate = await PublishedEstate.StartAsync(prepare: azure =>
        {
            azure.Host.Vault.Faults.Denied = true;
            return Settings(azure);
        });
        await estate.Azure.PushAsync("team/denied", "1.0", Cancel, "amd64");

        var health = await estate.SendAsync("GET", "/healthz", null);
        Assert.Equal(503, health.Status);
        var problem = Assert.Single(health.Json["problems"]!.AsArray())!.GetValue<string>();
        Assert.Contains($"{estate.Azure.Host.Vault.KeyId(Key)}: our identity needs the role 'Key Vault Crypto User'", problem, StringComparison.Ordinal);

        // Intakes go on, and each run of the sealer leaves what waits where it is.
        var id = await estate.RequestAsync($"{estate.Azure.UpstreamHost}/team/denied:1.0");
        var refused = await SealAsync(estate);
        await estate.DriveAsync(id, "AwaitingApproval");
        Assert.All((InvocationOutcome[])[refused, await SealAsync(estate)], outcome =>
        {
            Assert.NotEqual(InvocationVerdict.Succeeded, outcome.Verdict);
            Assert.Contains("Key Vault Crypto User", outcome.Body, StringComparison.Ordinal);
        });
        Assert.Equal(404, (await estate.SendAsync("GET", "/api/ledger/checkpoint", PublishedEstate.Adam)).Status);
        await estate.App.KillAndRestartAsync(Cancel);
        Assert.Equal(503, (await estate.SendAsync("GET", "/healthz", null)).Status);
        await SealAsync(estate);

        estate.Azure.Host.Vault.Faults.Denied = false;
        Assert.Equal(InvocationVerdict.Succeeded, (await SealAsync(estate)).Verdict);

        Assert.Equal("ready", (await estate.SendAsync("GET", "/healthz", null)).Json["status"]!.GetValue<string>());
        var events = await LedgerExports.ReadVerifiedAsync(estate);
        var ids = events.Select(one => one["id"]!.GetValue<string>()).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(
            ["intake.requested", "intake.resolved", "evidence.received", "intake.judged"],
            events.Where(one => one["subject"]!.GetValue<string>() == "intake:" + id).Select(one => one["type"]!.GetValue<string>()));
        Assert.Contains(events, one => one["type"]!.GetValue<string>() == "policy.applied");
        Assert.StartsWith(estate.Azure.Host.Vault.KeyId(Key).ToString(), (await estate.SendAsync("GET", "/api/ledger/checkpoint", PublishedEstate.Adam)).Json["keyId"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checkpoints_SignedInKeyVault_ArePublishedAndProveTheExport()
    {
        await using var azurite = await AzuritePeer.StartAsync(Cancel);
        await using var estate = await PublishedEstate.StartAsync(prepare: azure => new(Settings(azure))
        {
            ["Gatehouse__Azure__Checkpoints__ConnectionString"] = azurite.ConnectionString,
            ["Gatehouse__Azure__Checkpoints__Container"] = "checkpoints",
        });
        Assert.Equal(InvocationVerdict.Succeeded, (await SealAsync(estate)).Verdict);
        var first = (await estate.SendAsync("GET", "/api/ledger/checkpoint", PublishedEstate.Adam)).Json["size"]!.GetValue<long>();
        await estate.Azure.PushAsync("team/published-note", "1.0", Cancel, "amd64");
        await estate.DriveAsync(await estate.RequestAsync($"{estate.Azure.UpstreamHost}/team/published-note:1.0"), "AwaitingApproval");
        await estate.App.KillAndRestartAsync(Cancel);
        Assert.Equal(InvocationVerdict.Succeeded, (await SealAsync(estate)).Verdict);

        var container = new BlobContainerClient(azurite.ConnectionString, "checkpoints");
        var names = new List<string>();
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: Cancel))
        {
            names.Add(blob.Name);
        }

        var key = Assert.Single(names, name => name.StartsWith("gatehouse/keys/", StringComparison.Ordinal));
        Assert.Contains($"gatehouse/checkpoints/{first:D20}", names);
        Assert.True(names.Count >= 3);
        using var published = ECDsa.Create();
        published.ImportFromPem(await ReadAsync(container, key));
        var note = LedgerVerifier.VerifyNote(await ReadAsync(container, $"gatehouse/checkpoints/{first:D20}"), [published.ExportSubjectPublicKeyInfo()]).Value;
        var export = await estate.SendAsync("GET", "/api/ledger/export", PublishedEstate.Adam);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(export.Text));
        var verified = await LedgerVerifier.VerifyExportAsync(stream, new LedgerTrust(published.ExportSubjectPublicKeyInfo(), note), Cancel);
        Assert.True(verified.IsOk, verified.IsOk ? null : verified.Error.Message);
        Assert.True(verified.Value.Checkpoint.Size > first);
    }

    /// <summary>No release without its attestation: a vault that signs no more is waited for, and the intake says so.</summary>
    [Fact]
    public async Task Attestation_VaultDeniesAtTheRelease_WaitsAndIsThenSignedThere()
    {
        await using var estate = await PublishedEstate.StartAsync(prepare: Settings);
        var digest = await estate.Azure.PushAsync("team/attested", "1.0", Cancel, "amd64");
        var id = await estate.RequestAsync($"{estate.Azure.UpstreamHost}/team/attested:1.0");
        await estate.ApproveAsync(id);

        estate.Azure.Host.Vault.Faults.SignDenied = true;
        await estate.DriveAsync(id, intake => intake.ToJsonString().Contains("The attestation could not be signed", StringComparison.Ordinal) ? null : $"not waiting for its attestation: {intake.ToJsonString()}");
        var waiting = await estate.IntakeAsync(id);
        Assert.Equal("Replicating", waiting["state"]!.GetValue<string>());
        Assert.Contains("Key Vault Crypto User", waiting.ToJsonString(), StringComparison.Ordinal);
        await estate.App.KillAndRestartAsync(Cancel);

        estate.Azure.Host.Vault.Faults.SignDenied = false;
        await estate.DriveAsync(id, "Released");

        await ReleasedAttestation.VerifyAsync(estate, digest);
        Assert.False(File.Exists(estate.Directory["ledger.pem"]));
        Assert.Equal(InvocationVerdict.Succeeded, (await SealAsync(estate)).Verdict);
        var events = await LedgerExports.ReadVerifiedAsync(estate);
        Assert.Single(events, one => one["type"]!.GetValue<string>() == "intake.released");
    }

    private static Task<InvocationOutcome> SealAsync(PublishedEstate estate) => estate.App.FireTimerAsync(TriggerNames.SealLedger, Cancel);

    private static async Task<string> ReadAsync(BlobContainerClient container, string name) =>
        (await container.GetBlobClient(name).DownloadContentAsync(Cancel)).Value.Content.ToString();

    private static Dictionary<string, string?> Settings(EmulatedAzure azure) => new()
    {
        ["Gatehouse__Ledger__Signer"] = "KeyVault",
        ["Gatehouse__Ledger__KeyPath"] = null,
        ["Gatehouse__Azure__KeyVault__KeyId"] = azure.Host.Vault.KeyId(Key).ToString(),
    };
}
