using Gatehouse.Functions.Tests.Support;
using Gatehouse.TestKit.Host;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Functions.Tests.Hosting;

public sealed class MisconfiguredTests
{
    [Fact]
    public async Task App_WithBadOptions_ListensAndSaysWhatIsWrong()
    {
        await using var host = await ApiHost.StartAsync(("Gatehouse:Storage:Directory", ""), ("Gatehouse:Auth:ClockSkew", "05:00:00"), ("Gatehouse:Hooks:Quay", "short"));

        var health = await host.SendAsync("GET", "/healthz", role: null);
        var problems = health.Json["problems"]!.AsArray().Select(problem => problem!.GetValue<string>()).ToList();

        Assert.Equal(503, health.Status);
        Assert.Equal(3, problems.Count);
        Assert.Contains(problems, problem => problem.StartsWith("Gatehouse:Storage:Directory ", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.StartsWith("Gatehouse:Auth:ClockSkew ", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.StartsWith("Gatehouse:Hooks:Quay ", StringComparison.Ordinal) && !problem.Contains("short'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Gatehouse:Health:FailuresToUnavailable", "three")]
    [InlineData("Gatehouse:Intakes:PollDelay", "soon")]
    [InlineData("Gatehouse:Ledger:MaxEventsPerRound", "many")]
    [InlineData("Gatehouse:Auth:ClockSkew", "a while")]
    public async Task App_WithAValueOfTheWrongType_ListensAndNamesTheKey(string key, string value)
    {
        await using var host = await ApiHost.StartAsync((key, value));

        var health = await host.SendAsync("GET", "/healthz", role: null);

        Assert.Equal(503, health.Status);
        Assert.Contains(health.Json["problems"]!.AsArray(), problem => problem!.GetValue<string>().Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invocations_WithBadOptions_FailWithTheSameMessage()
    {
        await using var host = await ApiHost.StartAsync(("Gatehouse:Auth:ClockSkew", "05:00:00"));

        var trigger = await host.SendAsync("POST", "/SealLedger", role: null, InvocationBodies.Timer("SealLedger"));
        var api = await host.SendAsync("GET", "/api/estate", "Reader");

        Assert.Equal(500, trigger.Status);
        Assert.Contains("Gatehouse:Auth:ClockSkew", trigger.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(503, api.Status);
        Assert.Equal("configuration-invalid", api.Code);
        Assert.Equal(200, (await host.SendAsync("GET", "/", role: null)).Status);
    }

    [Fact]
    public async Task Health_WithGoodOptions_IsReady()
    {
        await using var host = await ApiHost.StartAsync();

        Assert.Equal("ready", (await host.SendAsync("GET", "/healthz", role: null)).Json["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Health_StorageThatLetsNobodyIn_IsUnusableAndSaysWhy()
    {
        await using var server = await ScriptedServer.StartAsync(
            ScriptStep.Reply("*", "/*", 403, ("x-ms-error-code", "AuthorizationPermissionMismatch")));
        await using var host = await ApiHost.StartAsync(
            ("Gatehouse:Storage:Kind", "AzureTables"),
            ("Gatehouse:Azure:Storage:ConnectionString", $"AccountName=acct;AccountKey=a2V5;TableEndpoint={server.BaseUri};QueueEndpoint={server.BaseUri}"));

        var health = await host.SendAsync("GET", "/healthz", role: null);

        Assert.Equal((503, "unusable"), (health.Status, health.Json["status"]!.GetValue<string>()));
        Assert.Contains("lacks the role 'Storage Table Data Contributor' on account 'acct'", health.Json["problems"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain("a2V5", health.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await host.SendAsync("GET", "/", role: null)).Status);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("70000")]
    [InlineData("-1")]
    public async Task Port_ThatIsNone_EndsTheStart(string port)
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => ApiHost.StartAsync(("FUNCTIONS_CUSTOMHANDLER_PORT", port)));

        Assert.Contains($"FUNCTIONS_CUSTOMHANDLER_PORT is '{port}'", exception.Message, StringComparison.Ordinal);
    }
}
