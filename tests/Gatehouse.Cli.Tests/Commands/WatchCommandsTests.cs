using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Cli.Tests.Commands;

public sealed class WatchCommandsTests
{
    [Fact]
    public async Task Add_SeveralTags_SendsThem()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("POST", "/api/watches", Samples.Watch, 201));

        var run = (await Cli.RunAsync(server, "watch", "add", "docker.io/library/alpine", "--scope", "contoso/payments", "--tag", "3.*", "--tag", "latest")).Exits(0);

        Assert.Equal("""{"scope":"contoso/payments","repository":"docker.io/library/alpine","tags":["3.*","latest"]}""", Assert.Single(server.Requests).Text());
        Assert.Equal("w1 contoso/payments docker.io/library/alpine 3.*, latest 2026-03-01 12:00:00Z rita", run.Lines[1]);
    }

    [Fact]
    public async Task List_Watches_AreRows()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/watches", $$"""{"watches":[{{Samples.Watch}}]}"""));

        var run = (await Cli.RunAsync(server, "watch", "list")).Exits(0);

        Assert.Equal(["ID SCOPE REPOSITORY TAGS CREATED BY", "w1 contoso/payments docker.io/library/alpine 3.*, latest 2026-03-01 12:00:00Z rita"], run.Lines);
    }

    [Fact]
    public async Task Remove_Watch_Deletes()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply("DELETE", "/api/watches/w1", 204));

        var run = (await Cli.RunAsync(server, "watch", "remove", "w1")).Exits(0);

        Assert.Empty(run.Out);
        Assert.Equal("Watch w1 is removed.\n", run.Error);
    }

    [Fact]
    public async Task Remove_UnknownWatch_IsARefusal()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Problem("DELETE", "/api/watches/w1", 404, """{"code":"watch-unknown","detail":"There is no watch 'w1'.","field":"id"}"""));

        var run = (await Cli.RunAsync(server, "watch", "remove", "w1")).Exits(2);

        Assert.Contains("watch-unknown", run.Error, StringComparison.Ordinal);
    }
}
