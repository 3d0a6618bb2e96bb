using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Cli.Tests.Output;

public sealed class PrinterTests
{
    [Fact]
    public async Task Table_Interactive_HasBordersAndNoMarkup()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/policies", """
            {"policies":[{"scope":"contoso","version":3,"appliedBy":{"id":"u2","name":"[red]x[/]"},"appliedAt":"2026-03-01T12:00:00+00:00","warnings":[]}]}
            """));

        var run = (await Cli.For(server, columns: 80).RunAsync("policy", "list")).Exits(0);

        Assert.Contains("╭", run.Out, StringComparison.Ordinal);
        Assert.Contains("[red]x[/]", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(200)]
    public async Task Text_WithControlCharacters_CannotDriveTheTerminal(int? columns)
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/intakes/i1", Samples.Intake(more: "\"reason\":\"a\\u001b[2Jb\\u009bc\\nd\",")));

        var run = (await Cli.For(server, columns).RunAsync("intake", "show", "i1")).Exits(0);

        Assert.Contains("a [2Jb c d", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_LongLastColumn_IsWrappedInTheWindow()
    {
        var words = string.Join(' ', Enumerable.Repeat("word", 60));
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/intakes/i1", Samples.Intake().Replace("3.5 MiB is below 64 MiB", words, StringComparison.Ordinal)));

        var run = (await Cli.For(server, columns: 80).RunAsync("intake", "show", "i1")).Exits(0);

        Assert.All(run.Out.Split('\n').Where(line => line.Contains("word", StringComparison.Ordinal)), line => Assert.True(line.Length <= 80, line));
        Assert.Equal(60, run.Out.Split("word").Length - 1);
    }

    [Fact]
    public async Task Table_TooWideForTheWindow_TearsNothing()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/watches", $$"""{"watches":[{{Samples.Watch}}]}"""));

        var run = (await Cli.For(server, columns: 60).RunAsync("watch", "list")).Exits(0);

        Assert.Equal("w1 contoso/payments docker.io/library/alpine 3.*, latest 2026-03-01 12:00:00Z rita", run.Lines[1]);
    }

    [Fact]
    public async Task Table_NotInteractive_CutsNothing()
    {
        var name = new string('n', 500);
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/watches", $$"""{"watches":[{{Samples.Watch.Replace("rita", name, StringComparison.Ordinal)}}]}"""));

        var run = (await Cli.RunAsync(server, "watch", "list")).Exits(0);

        Assert.EndsWith(name, run.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandGroup_WithoutACommand_PointsToHelp()
    {
        var run = (await new Cli().RunAsync("intake")).Exits(1);

        Assert.Contains("See 'gatehouse intake --help'.", run.Error, StringComparison.Ordinal);
    }
}
