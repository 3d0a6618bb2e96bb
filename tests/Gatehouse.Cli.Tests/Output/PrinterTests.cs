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

        var run = (await Cli.For(server, interactive: true).RunAsync("policy", "list")).Exits(0);

        Assert.Contains("╭", run.Out, StringComparison.Ordinal);
        Assert.Contains("[red]x[/]", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Text_WithControlCharacters_CannotDriveTheTerminal(bool interactive)
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/intakes/i1", Samples.Intake(more: "\"reason\":\"a\\u001b[2Jb\\u009bc\\nd\",")));

        var run = (await Cli.For(server, interactive).RunAsync("intake", "show", "i1")).Exits(0);

        Assert.Contains("a [2Jb c d", run.Out, StringComparison.Ordinal);
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
