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
}
