using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Cli.Tests.Http;

/// <summary>Every run of <see cref="Cli"/> also checks that the token was not printed.</summary>
public sealed class TokenTests
{
    [Fact]
    public async Task Token_Option_WinsOverTheVariable()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/watches", """{"watches":[]}"""));

        (await Cli.RunAsync(server, "watch", "list", "--token", "another-token")).Exits(0);

        Assert.Equal("Bearer another-token", Assert.Single(server.Requests).Authorization);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Token_NoneGiven_SendsNone(string? variable)
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/watches", """{"watches":[]}"""));
        var cli = Cli.For(server);
        cli.Variables["GATEHOUSE_TOKEN"] = variable;

        (await cli.RunAsync("watch", "list")).Exits(0);

        Assert.Null(Assert.Single(server.Requests).Authorization);
    }

    [Theory]
    [InlineData("two parts of-a-token")]
    [InlineData("line\nX-Injected: 1")]
    [InlineData("tökentökentöken")]
    public async Task Token_ThatNoTokenIs_IsRefusedWithoutRepeatingIt(string token)
    {
        await using var server = await ScriptedServer.StartAsync();

        var run = (await Cli.RunAsync(server, "watch", "list", "--token", token)).Exits(1);

        Assert.DoesNotContain(token, run.Error, StringComparison.Ordinal);
        Assert.Contains("--token", run.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData]
    [InlineData("--json")]
    public async Task Token_SentBackByTheServer_IsTakenOut(params string[] more)
    {
        await using var server = await ScriptedServer.StartAsync(
            Samples.Json("GET", "/api/intakes/i1", Samples.Intake(more: $"\"reason\":\"{Cli.Token}\",")),
            Samples.Problem("GET", "/api/intakes/i2", 400, $$"""{"code":"c","detail":"Bearer {{Cli.Token}}"}"""),
            ScriptStep.Get("/api/policies/contoso", $"a: {Cli.Token}"));

        Assert.Contains("[token]", (await Cli.RunAsync(server, ["intake", "show", "i1", .. more])).Exits(0).Out, StringComparison.Ordinal);
        Assert.Contains("Bearer [token]", (await Cli.RunAsync(server, ["intake", "show", "i2", .. more])).Exits(2).Error, StringComparison.Ordinal);
        Assert.Contains("a: [token]", (await Cli.RunAsync(server, ["policy", "get", "contoso", .. more])).Exits(0).Out, StringComparison.Ordinal);
        Assert.Contains("[token]", (await Cli.For(server, columns: 200).RunAsync(["intake", "show", "i1", .. more])).Exits(0).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("intake", "request", "--help")]
    [InlineData("bogus")]
    [InlineData("[diagram]", "watch", "list")]
    [InlineData("--token")]
    [InlineData("watch", "list", "--token", Cli.Token, "--token", Cli.Token)]
    [InlineData("watch", "list", "--token", Cli.Token, Cli.Token)]
    [InlineData("reference")]
    public async Task Token_HelpAndUsageErrors_DoNotShowIt(params string[] args)
    {
        await using var server = await ScriptedServer.StartAsync();

        await Cli.RunAsync(server, args);

        Assert.Empty(server.Requests);
    }
}
