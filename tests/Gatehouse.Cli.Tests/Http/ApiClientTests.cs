using System.Net;
using System.Net.Sockets;
using Gatehouse.Cli.Http;
using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Cli.Tests.Http;

public sealed class ApiClientTests
{
    [Fact]
    public async Task Problem_Rendered_NamesCodeFieldAllowedStatusAndTrace()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Problem(
            "GET", "/api/intakes", 400, """{"title":"Invalid","status":400,"detail":"'state' is 'x'.","code":"query-malformed","field":"state","allowed":["A","B"],"traceId":"t1"}"""));

        var run = (await Cli.RunAsync(server, "intake", "list", "--state", "x")).Exits(2);

        Assert.Equal("error: 'state' is 'x'.\n  code    query-malformed\n  field   state\n  allowed A, B\n  status  400\n  trace   t1\n", run.Error);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task Problem_Json_IsOnStdoutToo()
    {
        const string Body = """{"code":"intake-unknown","detail":"There is none.","extra":1}""";
        await using var server = await ScriptedServer.StartAsync(Samples.Problem("GET", "/api/intakes/i1", 404, Body));

        var run = (await Cli.RunAsync(server, "intake", "show", "i1", "--json")).Exits(2);

        Assert.Equal(Body + "\n", run.Out);
        Assert.Contains("error: There is none.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, 2, "wants a token")]
    [InlineData(403, 2, "answered 403 without saying why")]
    [InlineData(502, 1, "answered 502 without a problem document")]
    public async Task ErrorStatus_WithoutProblem_SaysWhatItCan(int status, int code, string message)
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply("GET", "/api/estate", status));

        var run = (await Cli.RunAsync(server, "estate", "show")).Exits(code);

        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirect_ToAnotherHost_IsNotFollowed(int status)
    {
        await using var other = await ScriptedServer.StartAsync();
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply("*", "*", status, ("Location", other.BaseUri + "stolen")));

        var run = (await Cli.RunAsync(server, "intake", "request", "alpine", "--scope", "contoso")).Exits(1);

        Assert.Empty(other.Requests);
        Assert.Contains(other.BaseUri + "stolen", run.Error, StringComparison.Ordinal);
        Assert.Contains("Redirects are not followed", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirect_OfAnExport_IsNotFollowed()
    {
        await using var other = await ScriptedServer.StartAsync();
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply("*", "*", 302, ("Location", other.BaseUri.ToString())));
        using var directory = new TestKit.Files.TempDirectory();

        (await Cli.RunAsync(server, "ledger", "export", "--out", directory["x"])).Exits(1);

        Assert.Empty(other.Requests);
        Assert.Empty(Directory.GetFiles(directory.Path));
    }

    [Fact]
    public async Task Server_NotThere_IsUnreachable()
    {
        // Held and not listened on, so that nobody else answers there.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;

        var run = (await new Cli().RunAsync("estate", "show", "--url", $"http://127.0.0.1:{port}")).Exits(1);

        Assert.Contains($"No answer from http://127.0.0.1:{port}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_BreaksOff_IsUnreachable()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/estate", "{\"targetPattern\":") with { FailAfter = 5 });

        (await Cli.RunAsync(server, "estate", "show")).Exits(1);
    }

    [Fact]
    public async Task Server_NeverAnswers_TimesOut()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(new ScriptStep("GET", "/api/estate")
        {
            Answer = _ =>
            {
                asked.SetResult();
                return Samples.Json("GET", "*", "{}") with { FailAfter = 1, FailWhen = end.Task };
            },
        });
        var cli = Cli.For(server);

        var running = cli.RunAsync("estate", "show");
        await asked.Task;
        cli.Clock.Advance(ApiClient.Patience);
        var run = (await running).Exits(1);
        end.SetResult();

        Assert.Contains("nothing came within 60 seconds", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_TooLarge_IsNotReadToItsEnd(bool chunked)
    {
        var body = new byte[ApiClient.MaxAnswerBytes + 1];
        await using var server = await ScriptedServer.StartAsync(new ScriptStep("GET", "/api/estate") { Body = body, Chunked = chunked, Headers = [("Content-Type", "application/json")] });

        var run = (await Cli.RunAsync(server, "estate", "show")).Exits(1);

        Assert.Contains("longer than 33554432 bytes", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/html", "<html>", "'text/html' instead of JSON")]
    [InlineData("application/json", "{\"targetPattern\":", "not the JSON expected")]
    [InlineData("application/json", "{\"registries\":[]}", "targetPattern")]
    [InlineData("application/json", "null", "answered null")]
    public async Task Answer_NotOurs_SaysSo(string type, string body, string message)
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Get("/api/estate", body, ("Content-Type", type)));

        var run = (await Cli.RunAsync(server, "estate", "show")).Exits(1);

        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Url_WithAPath_KeepsIt()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/gate/api/watches", """{"watches":[]}"""));

        (await new Cli().RunAsync("watch", "list", "--url", server.BaseUri + "gate")).Exits(0);
    }

    [Fact]
    public async Task Cookie_SetByTheServer_IsNotKept()
    {
        await using var server = await ScriptedServer.StartAsync(
            Samples.Json("POST", "/api/intakes", Samples.Intake("Requested"), 202) with { Headers = [("Content-Type", "application/json"), ("Set-Cookie", "a=b")] },
            Samples.Json("GET", "/api/intakes/i1", Samples.Intake("Released")));

        (await Cli.RunAsync(server, "intake", "request", "alpine", "--scope", "contoso", "--wait")).Exits(0);

        Assert.Null(server.Requests[1].Header("Cookie"));
    }

    [Fact]
    public void Address_OfThisMachine_MayBePlainHttp()
    {
        Assert.All(["http://localhost:7071", "http://127.0.0.1:1", "http://127.9.9.9", "http://[::1]:7071/", "https://gate.contoso.com/x"], url => Assert.True(ApiAddress.Parse(url).IsOk, url));
        Assert.Equal("https://gate.contoso.com/x/", ApiAddress.Parse("https://gate.contoso.com/x").Value.AbsoluteUri);
    }

    [Theory]
    [InlineData("http://gate.contoso.com", "url-insecure")]
    [InlineData("http://127.0.0.1.evil.com", "url-insecure")]
    [InlineData("http://localhost.evil.com", "url-insecure")]
    [InlineData("http://10.0.0.1", "url-insecure")]
    [InlineData("file:///etc/passwd", "url-malformed")]
    [InlineData("gate.contoso.com", "url-malformed")]
    [InlineData("", "url-malformed")]
    [InlineData("https://user:pass@gate.contoso.com", "url-malformed")]
    [InlineData("https://gate.contoso.com/?a=b", "url-malformed")]
    [InlineData("https://gate.contoso.com/#a", "url-malformed")]
    public void Address_NotSafeForAToken_IsRefused(string url, string code)
    {
        var error = ApiAddress.Parse(url).Error;

        Assert.Equal(code, error.Code);
        Assert.DoesNotContain("pass@", error.Message, StringComparison.Ordinal);
    }
}
