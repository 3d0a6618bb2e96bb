using System.Text.Json;
using Gatehouse.Cli.Http;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Cli.Tests.Ledger;

public sealed class LedgerCommandsTests
{
    [Fact]
    public async Task Checkpoint_Signed_IsShown()
    {
        await using var files = await LedgerFiles.CreateAsync();
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/ledger/checkpoint", await files.CheckpointAsync()));

        var run = (await Cli.RunAsync(server, "ledger", "checkpoint")).Exits(0);

        Assert.Contains("origin gatehouse", run.Lines);
        Assert.Contains("entries 11", run.Lines);
        Assert.Contains("root " + await files.RootAsync(), run.Lines);
    }

    [Fact]
    public async Task Checkpoint_Unsealed_IsARefusal()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Problem("GET", "/api/ledger/checkpoint", 404, """{"code":"ledger-unsealed","detail":"Nothing has been sealed yet."}"""));

        (await Cli.RunAsync(server, "ledger", "checkpoint")).Exits(2);
    }

    [Fact]
    public async Task Export_ThenVerify_WithTheCheckpointPrintedBefore()
    {
        await using var files = await LedgerFiles.CreateAsync();
        await using var server = await ScriptedServer.StartAsync(
            Samples.Json("GET", "/api/ledger/checkpoint", await files.CheckpointAsync()),
            ScriptStep.Get("/api/ledger/export", await files.ExportAsync()) with { Chunked = true });
        await File.WriteAllTextAsync(files["out.jsonl"], "an earlier file");

        var checkpoint = (await Cli.RunAsync(server, "ledger", "checkpoint", "--json")).Exits(0);
        await File.WriteAllTextAsync(files.Earlier, checkpoint.Out);
        var export = (await Cli.RunAsync(server, "ledger", "export", "--out", files["out.jsonl"])).Exits(0);
        (await new Cli().RunAsync("ledger", "verify", files["out.jsonl"], "--earlier", files.Earlier, "--public-key", files.Key)).Exits(0);

        Assert.Contains("check it with 'gatehouse ledger verify", export.Out, StringComparison.Ordinal);
        Assert.Equal(await files.ExportAsync(), await File.ReadAllBytesAsync(files["out.jsonl"]));
        Assert.False(File.Exists(files["out.jsonl.partial"]));
    }

    [Fact]
    public async Task Export_Json_SaysWhereAndHowMuch()
    {
        using var directory = new TempDirectory();
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Get("/api/ledger/export", "12345"));

        var run = (await Cli.RunAsync(server, "ledger", "export", "--out", directory["x"], "--json")).Exits(0);

        Assert.Equal($$"""{"file":"{{JsonEncodedText.Encode(directory["x"])}}","bytes":5}""" + "\n", run.Out);
    }

    [Fact]
    public async Task Export_BrokenOff_LeavesTheEarlierFile()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["x"], "an earlier file");
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Get("/api/ledger/export", "12345") with { FailAfter = 3 });

        (await Cli.RunAsync(server, "ledger", "export", "--out", directory["x"])).Exits(1);

        Assert.Equal("an earlier file", await File.ReadAllTextAsync(directory["x"]));
        Assert.Single(Directory.GetFiles(directory.Path));
    }

    [Fact]
    public async Task Export_Stalled_TimesOutAndLeavesNoFile()
    {
        using var directory = new TempDirectory();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(new ScriptStep("GET", "/api/ledger/export")
        {
            Answer = _ =>
            {
                asked.SetResult();
                return ScriptStep.Get("*", "12345") with { FailAfter = 3, FailWhen = end.Task };
            },
        });
        var cli = Cli.For(server);

        var running = cli.RunAsync("ledger", "export", "--out", directory["x"]);
        await asked.Task;
        cli.Clock.Advance(ApiClient.Patience);
        var run = (await running).Exits(1);
        end.SetResult();

        Assert.Contains("nothing came within 60 seconds", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(directory.Path));
    }

    [Fact]
    public async Task Export_Refused_WritesNoFile()
    {
        using var directory = new TempDirectory();
        await using var server = await ScriptedServer.StartAsync(Samples.Problem("GET", "/api/ledger/export", 403, """{"code":"forbidden","detail":"Not you."}"""));

        var run = (await Cli.RunAsync(server, "ledger", "export", "--out", directory["x"])).Exits(2);

        Assert.Contains("Not you.", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(directory.Path));
    }

    [Fact]
    public async Task Export_NoSuchFolder_IsNamed()
    {
        await using var server = await ScriptedServer.StartAsync();

        var run = (await Cli.RunAsync(server, "ledger", "export", "--out", "/nowhere/x")).Exits(1);

        Assert.Contains("'/nowhere/x' cannot be used", run.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }
}
