using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Cli.Tests.Commands;

public sealed class EstateCommandsTests
{
    [Fact]
    public async Task Show_Registries_AreARowAReplica()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/estate", """
            {"targetPattern":"{registry}/{repository}","registries":[{"name":"contosohub","resourceId":"/subscriptions/1","loginServer":"contosohub.azurecr.io",
            "homeRegion":"westeurope","bulkhead":"main","replicas":[{"region":"westeurope","endpoint":"w.azurecr.io"},{"region":"eastus2","endpoint":"e.azurecr.io"}]}]}
            """));

        var run = (await Cli.RunAsync(server, "estate", "show")).Exits(0);

        Assert.Equal(
            [
                "target pattern {registry}/{repository}",
                "REGISTRY LOGIN SERVER BULKHEAD REGION ENDPOINT",
                "contosohub contosohub.azurecr.io main westeurope (home) w.azurecr.io",
                "contosohub contosohub.azurecr.io main eastus2 e.azurecr.io",
            ],
            run.Lines);
    }

    [Fact]
    public async Task Health_Replicas_AreRows()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/estate/health", """
            {"replicas":[{"registry":"contosohub","region":"westeurope","endpoint":"w","health":"Unavailable","since":"2026-03-01T12:00:00+00:00","lastSeen":"2026-03-01T11:59:00+00:00","reason":"no answer","missing":2,"lastLagMs":7}]}
            """));

        var run = (await Cli.RunAsync(server, "estate", "health")).Exits(0);

        Assert.Equal("contosohub westeurope Unavailable 2026-03-01 12:00:00Z 2026-03-01 11:59:00Z 2 7 ms no answer", run.Lines[1]);
    }

    [Fact]
    public async Task Queues_CountedOrNot_AreRows()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/estate", """
            {"targetPattern":"{repository}","registries":[],"queues":[{"name":"intake-work","waiting":12,"poison":3},{"name":"other-work","problem":"no answer"}]}
            """));

        var run = (await Cli.RunAsync(server, "estate", "queues")).Exits(0);

        Assert.Equal(["QUEUE WAITING POISON PROBLEM", "intake-work 12 3", "other-work no answer"], run.Lines.Select(line => line.Replace(" - ", " ", StringComparison.Ordinal).Replace(" - ", " ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Requeue_AQueue_SaysHowMany()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("POST", "/api/estate/queues/intake-work/requeue", """{"queue":"intake-work","requeued":3}"""));

        var run = (await Cli.RunAsync(server, "estate", "requeue", "intake-work")).Exits(0);

        Assert.Equal(["queue intake-work", "requeued 3"], run.Lines);
    }

    [Fact]
    public async Task Requeue_EventsOfWhichSomeAreStillRefused_SaysHowManyAndWhy()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("POST", "/api/estate/queues/gatehouse-events-out/requeue", """{"queue":"gatehouse-events-out","requeued":3,"stayed":1,"problem":"ledger entry 7: BadRequest"}"""));

        var run = (await Cli.RunAsync(server, "estate", "requeue", "gatehouse-events-out")).Exits(0);

        Assert.Equal(["queue gatehouse-events-out", "requeued 3", "stayed 1", "problem ledger entry 7: BadRequest"], run.Lines);
    }

    [Fact]
    public async Task Requeue_EventsThatAreAllStillRefused_Fails()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Problem("POST", "/api/estate/queues/*", 409, """
            {"title":"Conflict","status":409,"detail":"None of 2 events was taken.","code":"events-still-refused","field":"queue"}
            """));

        var run = await Cli.RunAsync(server, "estate", "requeue", "gatehouse-events-out");

        Assert.NotEqual(0, run.Code);
        Assert.Contains("None of 2 events was taken.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requeue_UnknownQueue_IsRefusedWithTheAllowedOnes()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Problem("POST", "/api/estate/queues/*", 404, """
            {"title":"Not found","status":404,"detail":"There is no queue 'x'; there are intake-work.","code":"queue-unknown","field":"queue","allowed":["intake-work"]}
            """));

        var run = await Cli.RunAsync(server, "estate", "requeue", "x");

        Assert.NotEqual(0, run.Code);
        Assert.Contains("there are intake-work", run.Error, StringComparison.Ordinal);
    }
}
