using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Cli.Tests.Commands;

public sealed class IntakeCommandsTests
{
    [Fact]
    public async Task Request_AllOptions_SendsThemAndShowsTheIntake()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("POST", "/api/intakes", Samples.Intake("Requested"), 202));

        var run = (await Cli.RunAsync(server, "intake", "request", "alpine:3.20", "--scope", "contoso/payments", "--justification", "base", "--idempotency-key", "k1")).Exits(0);

        var request = Assert.Single(server.Requests);
        Assert.Equal("""{"scope":"contoso/payments","image":"alpine:3.20","justification":"base"}""", request.Text());
        Assert.Equal("k1", request.Header("Idempotency-Key"));
        Assert.Equal("application/json", request.Header("Content-Type"));
        Assert.Equal("Bearer " + Cli.Token, request.Authorization);
        Assert.StartsWith("gatehouse/", request.Header("User-Agent"), StringComparison.Ordinal);
        Assert.Contains("state Requested since 2026-03-01 12:01:00Z", run.Lines);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Request_OnlyWhatIsNeeded_SendsNothingElse()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("POST", "/api/intakes", Samples.Intake(), 202));

        (await Cli.RunAsync(server, "intake", "request", "alpine", "--scope", "contoso")).Exits(0);

        Assert.Equal("""{"scope":"contoso","image":"alpine"}""", Assert.Single(server.Requests).Text());
        Assert.Null(server.Requests[0].Header("Idempotency-Key"));
    }

    [Fact]
    public async Task List_Filters_AreSentAndRowsShown()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/intakes", $$"""{"intakes":[{{Samples.Intake()}}],"continuation":"c 2"}"""));

        var run = (await Cli.RunAsync(server, "intake", "list", "--scope", "contoso/payments", "--state", "awaitingapproval", "--take", "1", "--after", "c&1")).Exits(0);

        Assert.Equal("?scope=contoso%2Fpayments&state=awaitingapproval&take=1&continuation=c%261", Assert.Single(server.Requests).Query);
        Assert.Equal(
            ["ID STATE SCOPE IMAGE REQUESTED BY", "i1 AwaitingApproval contoso/payments docker.io/library/alpine:3.20 2026-03-01 12:00:00Z rita"],
            run.Lines);
        Assert.Equal("There are more: --after c 2\n", run.Error);
    }

    [Fact]
    public async Task List_NoFilters_SendsNoQuery()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/intakes", """{"intakes":[]}"""));

        var run = (await Cli.RunAsync(server, "intake", "list")).Exits(0);

        Assert.Empty(Assert.Single(server.Requests).Query);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Show_FullIntake_ShowsEveryPart()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/intakes/i1", Samples.Intake(more: "\"reason\":\"waits\",")));

        var run = (await Cli.RunAsync(server, "intake", "show", "i1")).Exits(0);

        Assert.Equal(
            [
                "id i1", "image docker.io/library/alpine:3.20", "scope contoso/payments", "state AwaitingApproval since 2026-03-01 12:01:00Z", "reason waits",
                "requested 2026-03-01 12:00:00Z by rita", "digest " + Samples.Digest, "size 3.5 MiB", "platforms linux/amd64",
                "target docker.io/library/alpine", "tags 3.20", "verdict Admit; 1 of 1 approvals, none by the requester",
                "SCANNER ANSWERED REASON", "trivy yes",
                "RULE OUTCOME DECIDED BY REASON", "size Admit contoso/payments:9 3.5 MiB is below 64 MiB",
                "APPROVED BY AT COMMENT", "adam 2026-03-01 12:02:00Z fine",
                "REGISTRY IMPORTED ATTEMPTS LAST ERROR DIGEST", "contosohub yes 1 " + Samples.Digest,
                "REGISTRY REGION SERVED SINCE LAG LAST ERROR", "contosohub westeurope 2026-03-01 12:03:00Z 12 ms",
            ],
            run.Lines);
    }

    [Fact]
    public async Task Show_Json_PrintsTheAnswerAsItCame()
    {
        var body = Samples.Intake(more: "\"unknownToUs\":[1, 2],");
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "/api/intakes/i1", body));

        var run = (await Cli.RunAsync(server, "intake", "show", "i1", "--json")).Exits(0);

        Assert.Equal(body + "\n", run.Out);
    }

    [Fact]
    public async Task Show_IdWithSpecialCharacters_StaysOneSegment()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("GET", "*", Samples.Intake()));

        await Cli.RunAsync(server, "intake", "show", "../policies?x#y");

        Assert.Equal("/api/intakes/..%2Fpolicies?x#y", Assert.Single(server.Requests).Path);
        Assert.Empty(server.Requests[0].Query);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public async Task Show_IdThatChangesThePath_IsAUsageError(string id)
    {
        await using var server = await ScriptedServer.StartAsync();

        var run = (await Cli.RunAsync(server, "intake", "show", id)).Exits(1);

        Assert.Contains($"'{id}' is not an id", run.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("reject")]
    public async Task Decide_Comment_IsSent(string decision)
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("POST", $"/api/intakes/i1/{decision}", Samples.Intake("Approved")));

        (await Cli.RunAsync(server, "intake", decision, "i1", "--comment", "looked at it")).Exits(0);

        Assert.Equal("""{"comment":"looked at it"}""", Assert.Single(server.Requests).Text());
    }

    [Fact]
    public async Task Approve_NoComment_SendsNone()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("POST", "/api/intakes/i1/approve", Samples.Intake("Approved")));

        (await Cli.RunAsync(server, "intake", "approve", "i1")).Exits(0);

        Assert.Equal("{}", Assert.Single(server.Requests).Text());
    }

    [Fact]
    public async Task Reject_NoComment_IsAUsageError()
    {
        await using var server = await ScriptedServer.StartAsync();

        var run = (await Cli.RunAsync(server, "intake", "reject", "i1")).Exits(1);

        Assert.Contains("--comment", run.Error, StringComparison.Ordinal);
        Assert.Contains("See 'gatehouse intake reject --help'.", run.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Retry_Intake_Posts()
    {
        await using var server = await ScriptedServer.StartAsync(Samples.Json("POST", "/api/intakes/i1/retry", Samples.Intake("Importing")));

        var run = (await Cli.RunAsync(server, "intake", "retry", "i1")).Exits(0);

        Assert.Contains("state Importing since 2026-03-01 12:01:00Z", run.Lines);
        Assert.Empty(Assert.Single(server.Requests).Text());
    }

    [Fact]
    public async Task Evidence_File_IsSentAsItIs()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["report.json"], """{"SchemaVersion":2}""");
        await using var server = await ScriptedServer.StartAsync(Samples.Json("POST", "/api/intakes/i1/evidence", Samples.Intake()));

        (await Cli.RunAsync(server, "intake", "evidence", "i1", "--file", directory["report.json"], "--scanner", "my trivy", "--content-type", "application/sarif+json")).Exits(0);

        var request = Assert.Single(server.Requests);
        Assert.Equal("""{"SchemaVersion":2}""", request.Text());
        Assert.Equal("?scanner=my%20trivy", request.Query);
        Assert.Equal("application/sarif+json", request.Header("Content-Type"));
    }

    [Fact]
    public async Task Evidence_NoFurtherOptions_IsJsonFromWhomItSays()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["report.json"], "{}");
        await using var server = await ScriptedServer.StartAsync(Samples.Json("POST", "/api/intakes/i1/evidence", Samples.Intake()));

        (await Cli.RunAsync(server, "intake", "evidence", "i1", "--file", directory["report.json"])).Exits(0);

        Assert.Equal("application/json", Assert.Single(server.Requests).Header("Content-Type"));
        Assert.Empty(server.Requests[0].Query);
    }

    [Fact]
    public async Task Evidence_FileTooLarge_IsNotSent()
    {
        using var directory = new TempDirectory();
        await using (var large = File.Create(directory["report.json"]))
        {
            large.SetLength((32 * 1024 * 1024) + 1);
        }

        await using var server = await ScriptedServer.StartAsync();

        var run = (await Cli.RunAsync(server, "intake", "evidence", "i1", "--file", directory["report.json"])).Exits(1);

        Assert.Contains("longer than 33554432 bytes", run.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("--content-type", "nonsense")]
    [InlineData("--file", "/nowhere/report.json")]
    public async Task Evidence_UnusableOption_IsNamed(string option, string value)
    {
        await using var server = await ScriptedServer.StartAsync();
        string[] args = option == "--file" ? [option, value] : [option, value, "--file", "x.json"];

        var run = (await Cli.RunAsync(server, ["intake", "evidence", "i1", .. args])).Exits(1);

        Assert.Contains(value, run.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }
}
