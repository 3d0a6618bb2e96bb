using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Cli.Tests.Commands;

public sealed class IntakeWaitTests
{
    private static readonly string[] Ask = ["intake", "request", "alpine:3.20", "--scope", "contoso/payments", "--wait"];

    [Fact]
    public async Task Wait_Released_LooksUntilThenAndShowsTheEnd()
    {
        await using var server = await ScriptedServer.StartAsync(
            Samples.Json("POST", "/api/intakes", Samples.Intake("Requested"), 202),
            Samples.Json("GET", "/api/intakes/i1", Samples.Intake("Assessing")) with { Times = 2 },
            Samples.Json("GET", "/api/intakes/i1", Samples.Intake("Released")));
        var cli = Cli.For(server);

        var run = (await cli.RunAsync(Ask)).Exits(0);

        Assert.Equal("i1: Requested\ni1: Assessing\n", run.Error);
        Assert.Contains("state Released since 2026-03-01 12:01:00Z", run.Lines);
        Assert.Equal(3, cli.Pauses);
    }

    [Fact]
    public async Task Wait_AwaitingApproval_EndsAsAPersonMustAct()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("POST", "/api/intakes", Samples.Intake("AwaitingApproval"), 200));

        var run = (await Cli.RunAsync(server, Ask)).Exits(0);

        Assert.Contains("state AwaitingApproval since 2026-03-01 12:01:00Z", run.Lines);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("Refused")]
    [InlineData("Rejected")]
    [InlineData("Faulted")]
    [InlineData("Recalled")]
    public async Task Wait_NotAdmitted_IsARefusalWithTheReason(string state)
    {
        await using var server = await ScriptedServer.StartAsync(
            Samples.Json("POST", "/api/intakes", Samples.Intake("Requested"), 202),
            Samples.Json("GET", "/api/intakes/i1", Samples.Intake(state, more: "\"reason\":\"too large\",")));

        var run = (await Cli.RunAsync(server, [.. Ask, "--json"])).Exits(2);

        Assert.Contains($"Intake i1 ended {state}: too large", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("{\"id\":\"i1\"", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_Duplicate_FollowsTheIntakeItRepeats()
    {
        await using var server = await ScriptedServer.StartAsync(
            Samples.Json("POST", "/api/intakes", Samples.Intake("Requested", "i2"), 202),
            Samples.Json("GET", "/api/intakes/i2", Samples.Intake("Retired", "i2", "\"duplicateOf\":\"i1\",")),
            Samples.Json("GET", "/api/intakes/i1", Samples.Intake("Released")));

        var run = (await Cli.RunAsync(server, Ask)).Exits(0);

        Assert.Contains("id i1", run.Lines);
    }

    [Fact]
    public async Task Wait_LimitReached_SaysHowToGoOn()
    {
        await using var server = await ScriptedServer.StartAsync(
            Samples.Json("POST", "/api/intakes", Samples.Intake("Requested"), 202),
            Samples.Json("GET", "/api/intakes/i1", Samples.Intake("Assessing")));
        var cli = Cli.For(server);

        var run = (await cli.RunAsync([.. Ask, "--wait-limit", "1"])).Exits(1);

        Assert.Contains("still Assessing after 1 minutes; look again with 'gatehouse intake show i1'", run.Error, StringComparison.Ordinal);
        Assert.Equal(30, cli.Pauses);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1441")]
    [InlineData("soon")]
    public async Task WaitLimit_OutOfRange_IsAUsageError(string limit)
    {
        await using var server = await ScriptedServer.StartAsync();

        var run = (await Cli.RunAsync(server, [.. Ask, "--wait-limit", limit])).Exits(1);

        Assert.Contains("--wait-limit", run.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Wait_ServerRefusesALook_IsThatRefusal()
    {
        await using var server = await ScriptedServer.StartAsync(
            Samples.Json("POST", "/api/intakes", Samples.Intake("Requested"), 202),
            Samples.Problem("GET", "/api/intakes/i1", 403, """{"code":"forbidden","detail":"Not yours."}"""));

        var run = (await Cli.RunAsync(server, Ask)).Exits(2);

        Assert.Contains("error: Not yours.", run.Error, StringComparison.Ordinal);
    }
}
