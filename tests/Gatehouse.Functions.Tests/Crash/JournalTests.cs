using System.Text.RegularExpressions;
using Gatehouse.Functions.Tests.EndToEnd;
using Gatehouse.Functions.Tests.Support;
using Gatehouse.Functions.Triggers;
using Gatehouse.TestKit.Host;

namespace Gatehouse.Functions.Tests.Crash;

/// <summary>What the app makes of a journal that a crash tore, and of one that no crash explains.</summary>
[Collection(PublishedCollection.Name)]
public sealed class JournalTests : IAsyncLifetime
{
    private PublishedEstate _estate = null!;
    private string _intake = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Journal => Directory.GetFiles(Path.Combine(_estate.Directory["data"], "records"), "journal-*").Order(StringComparer.Ordinal).Last();

    public async ValueTask InitializeAsync()
    {
        _estate = await PublishedEstate.StartAsync();
        await _estate.Azure.PushAsync("team/app", "1.0", Token, "amd64");
        _intake = await _estate.RequestAsync($"{_estate.Azure.UpstreamHost}/team/app:1.0");
        await _estate.App.KillAsync();
    }

    public ValueTask DisposeAsync() => _estate.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(25)]
    public async Task Start_WithATornTail_SaysWhatItCutAndGoesOn(int bytes)
    {
        var whole = new FileInfo(Journal).Length;
        using (var journal = File.OpenWrite(Journal))
        {
            journal.SetLength(whole - bytes);
        }

        await _estate.App.RestartAsync(Token);

        Assert.Equal("ready", (await HealthAsync()).Json["status"]!.GetValue<string>());
        await _estate.App.WaitForOutputAsync($"warn: .*Cut [0-9]+ bytes off the end of {Regex.Escape(Journal)}", Token);
        await _estate.DriveAsync(_intake, "AwaitingApproval");
        Assert.Equal(200, (await _estate.SendAsync("POST", $"/api/intakes/{_intake}/approve", PublishedEstate.Adam)).Status);
        await _estate.DriveAsync(_intake, "Released");
        Assert.Equal(InvocationVerdict.Succeeded, (await _estate.App.FireTimerAsync(TriggerNames.SealLedger, Token)).Verdict);
        var events = await LedgerExports.ReadVerifiedAsync(_estate);
        Assert.Single(events, one => one["type"]!.GetValue<string>() == "intake.requested");
        Assert.Single(events, one => one["type"]!.GetValue<string>() == "intake.released");
    }

    [Fact]
    public async Task Start_WithADamagedMiddle_ServesNothingUntilItIsRestored()
    {
        var original = await File.ReadAllBytesAsync(Journal, Token);
        var damaged = (byte[])original.Clone();
        damaged[damaged.Length / 2] ^= 0x20;
        await File.WriteAllBytesAsync(Journal, damaged, Token);

        await _estate.App.RestartAsync(Token);
        var health = await HealthAsync();
        var read = await _estate.SendAsync("GET", "/api/intakes/" + _intake, PublishedEstate.Adam);
        var written = await _estate.SendAsync("POST", "/api/intakes", PublishedEstate.Rita, PublishedEstate.Submission("127.0.0.1:1/team/other:1.0"));
        var trigger = await _estate.App.FireTimerAsync(TriggerNames.SealLedger, Token);
        var pumped = await _estate.PumpAsync();

        Assert.Equal(503, health.Status);
        Assert.Equal("unusable", health.Json["status"]!.GetValue<string>());
        Assert.Contains($"'{Journal}' is damaged at byte", health.Json["problems"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal((500, "fault"), (read.Status, read.Code));
        Assert.Equal((500, "fault"), (written.Status, written.Code));
        Assert.Equal(InvocationVerdict.Failed, trigger.Verdict);
        Assert.All(pumped, outcome => Assert.Equal(InvocationVerdict.Failed, outcome.Verdict));
        await _estate.App.WaitForOutputAsync("is damaged at byte", Token);
        Assert.Equal(damaged, await File.ReadAllBytesAsync(Journal, Token));

        await File.WriteAllBytesAsync(Journal, original, Token);

        Assert.Equal(200, (await HealthAsync()).Status);
        await _estate.DriveAsync(_intake, "AwaitingApproval");
    }

    private Task<Answer> HealthAsync() => _estate.SendAsync("GET", "/healthz", null);
}
