using System.Text;
using System.Text.Json.Nodes;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Events;
using Gatehouse.Azure.Options;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.Core.Events;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Events;

/// <summary>Event Grid's answers to publishing. Source: "Post events to a custom topic" (status codes, error envelope).</summary>
public sealed class EventGridSinkTests
{
    private const string Path = "/api/events";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_Batch_IsCloudEventsWithAnEntraTokenForEventGrid()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply("POST", Path, 200));
        var credential = new StubCredential();

        Assert.IsType<SinkAnswer.Taken>(await Sink(server, credential).SendAsync([SampleEvents.Event("a"), SampleEvents.Event("b", 2)], Cancel));

        var request = Assert.Single(server.Requests);
        Assert.Equal("application/cloudevents-batch+json; charset=utf-8", request.Header("Content-Type"));
        Assert.Equal("topic.westeurope-1.eventgrid.azure.net", request.Header("Host"));
        Assert.Contains("api-version=2018-01-01", request.Query, StringComparison.Ordinal);
        Assert.Equal("Bearer entra-token", request.Authorization);
        Assert.Equal(["a", "b"], JsonNode.Parse(request.Body.Span)!.AsArray().Select(one => one!["id"]!.GetValue<string>()));
        Assert.Equal(["https://eventgrid.azure.net/.default"], Assert.Single(credential.Asked).Scopes);
    }

    [Fact]
    public async Task Send_InASovereignCloud_AsksForTheConfiguredScope()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply("POST", Path, 200));
        var credential = new StubCredential();

        await Sink(server, credential, scope: "https://eventgrid.azure.us/.default").SendAsync([SampleEvents.Event("a")], Cancel);

        Assert.Equal(["https://eventgrid.azure.us/.default"], Assert.Single(credential.Asked).Scopes);
    }

    /// <summary>A token that the credential keeps and the topic no longer takes.</summary>
    [Fact]
    public async Task Send_TokenRefusedOnce_AsksOnceForANewerOne()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply("POST", Path, 401) with { Times = 1 }, ScriptStep.Reply("POST", Path, 200));
        var credential = new StubCredential();

        Assert.IsType<SinkAnswer.Taken>(await Sink(server, credential).SendAsync([SampleEvents.Event("a")], Cancel));

        Assert.Equal(2, server.Requests.Count);
        Assert.Single(credential.Asked, asked => asked.Claims is not null);
    }

    [Fact]
    public async Task Send_TokenRefusedForGood_IsTwoRequestsAndLoggedOnceWithItsIds()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply("POST", Path, 401, ("x-ms-request-id", "service-1")));
        var logs = new LogRecorder();

        var answer = Assert.IsType<SinkAnswer.Unavailable>(await Sink(server, logs: logs).SendAsync([SampleEvents.Event("a")], Cancel));

        Assert.Equal(2, server.Requests.Count);
        var client = server.Requests[0].Header("x-ms-client-request-id");
        Assert.EndsWith($"(client request {client}, request service-1)", answer.Message, StringComparison.Ordinal);
        var failed = Assert.Single(logs.Entries, entry => entry.Event == "CallFailed");
        Assert.Equal((401, client, "service-1"), ((int)failed.Values["Status"]!, failed.Values["ClientRequestId"], failed.Values["RequestId"]));
    }

    /// <summary>What is about the events is theirs for good; what is about us or the topic is tried again later.</summary>
    [Theory]
    [InlineData(400, """{"error":{"code":"BadRequest","message":"Event 1 lacks an id.","details":[{"code":"InputJsonInvalid","message":"id"}]}}""", true, "BadRequest")]
    [InlineData(413, """{"error":{"code":"RequestEntityTooLarge","message":"too large","details":null}}""", true, "RequestEntityTooLarge")]
    [InlineData(413, "", true, "413")]
    [InlineData(401, """{"error":{"code":"Unauthorized","message":"the token is not for this audience"}}""", false, "Unauthorized")]
    [InlineData(403, """{"error":{"code":"Forbidden","message":"no role"}}""", false, "Forbidden")]
    [InlineData(404, """{"error":{"code":"NotFound","message":"no such topic"}}""", false, "NotFound")]
    [InlineData(429, """{"error":{"code":"TooManyRequests","message":"slow down"}}""", false, "TooManyRequests")]
    [InlineData(500, "<html>oops</html>", false, "500")]
    [InlineData(503, "", false, "503")]
    public async Task Send_Refusal_IsOfTheEventsOrOfTheTopic(int status, string body, bool refused, string code)
    {
        await using var server = await ScriptedServer.StartAsync(new ScriptStep("POST", Path) { Status = status, Body = Encoding.UTF8.GetBytes(body), Headers = [("Content-Type", "application/json")] });

        var answer = await Sink(server).SendAsync([SampleEvents.Event("a")], Cancel);

        var (given, message) = refused
            ? (Assert.IsType<SinkAnswer.Refused>(answer).Code, ((SinkAnswer.Refused)answer).Message)
            : (Assert.IsType<SinkAnswer.Unavailable>(answer).Code, ((SinkAnswer.Unavailable)answer).Message);
        Assert.Equal(code, given);
        Assert.StartsWith($"{status}: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("entra-token", message, StringComparison.Ordinal);
        Assert.Equal(status is 429 or >= 500 ? 3 : status == 401 ? 2 : 1, server.Requests.Count);
        Assert.Equal(status == 413, answer is SinkAnswer.Refused { TooLarge: true });
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Send_TopicThatIsBusyOnce_IsAskedAgainAtOnce(int status)
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply("POST", Path, status) with { Times = 1 }, ScriptStep.Reply("POST", Path, 200));

        Assert.IsType<SinkAnswer.Taken>(await Sink(server).SendAsync([SampleEvents.Event("a")], Cancel));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Send_TopicThatAsksForALongWait_IsNotAskedAgainAndSaysHowLong()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply("POST", Path, 429, ("Retry-After", "120")));

        var answer = Assert.IsType<SinkAnswer.Unavailable>(await Sink(server).SendAsync([SampleEvents.Event("a")], Cancel));

        Assert.Equal(TimeSpan.FromSeconds(120), answer.RetryAfter);
        Assert.Single(server.Requests);
    }

    /// <summary>The topic may have the events although its answer was lost: they are sent again, with the same ids.</summary>
    [Fact]
    public async Task Send_ReplyLostAfterTheEventsWereTaken_SendsTheSameBytesAgain()
    {
        await using var server = await ScriptedServer.StartAsync(new ScriptStep("POST", Path) { Fail = true, Times = 1 }, ScriptStep.Reply("POST", Path, 200));

        Assert.IsType<SinkAnswer.Taken>(await Sink(server).SendAsync([SampleEvents.Event("a")], Cancel));
        Assert.Equal(server.Requests[0].Body.ToArray(), server.Requests[1].Body.ToArray());
    }

    [Fact]
    public async Task Send_NobodyThere_IsUnavailableNotAFault()
    {
        await using var server = await ScriptedServer.StartAsync(new ScriptStep("POST", Path) { Fail = true });

        Assert.Equal("unreachable", Assert.IsType<SinkAnswer.Unavailable>(await Sink(server).SendAsync([SampleEvents.Event("a")], Cancel)).Code);
    }

    [Fact]
    public async Task Send_WithoutAnIdentity_IsUnavailableNotAFault()
    {
        await using var server = await ScriptedServer.StartAsync();

        Assert.Equal("credential-failed", Assert.IsType<SinkAnswer.Unavailable>(await Sink(server, new StubCredential(null)).SendAsync([SampleEvents.Event("a")], Cancel)).Code);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Send_AnswerWithoutEnd_IsJudgedByItsStatus()
    {
        await using var server = await ScriptedServer.StartAsync(new ScriptStep("POST", Path) { Status = 400, Body = new byte[256 * 1024], Headers = [("Content-Type", "application/json")] });

        Assert.Equal("400", Assert.IsType<SinkAnswer.Refused>(await Sink(server).SendAsync([SampleEvents.Event("a")], Cancel)).Code);
    }

    [Theory]
    [InlineData(null, "https://eventgrid.azure.net/.default", "TopicEndpoint")]
    [InlineData("http://topic.westeurope-1.eventgrid.azure.net/api/events", "https://eventgrid.azure.net/.default", "TopicEndpoint")]
    [InlineData("https://topic.westeurope-1.eventgrid.azure.net/api/events?code=x", "https://eventgrid.azure.net/.default", "TopicEndpoint")]
    [InlineData("https://topic.westeurope-1.eventgrid.azure.net/api/events", "https://eventgrid.azure.net", "Scope")]
    public void Options_ThatAreWrong_NameTheirKeyAndWhatIsAllowed(string? endpoint, string scope, string key)
    {
        var failure = Assert.Single(new EventGridOptionsValidator().Validate(null, new EventGridOptions { TopicEndpoint = endpoint, Scope = scope }).Failures!);

        Assert.Contains("Gatehouse:Azure:EventGrid:" + key, failure, StringComparison.Ordinal);
        Assert.Contains("allowed: ", failure, StringComparison.Ordinal);
    }

    private static EventGridSink Sink(ScriptedServer server, StubCredential? credential = null, string scope = "https://eventgrid.azure.net/.default", LogRecorder? logs = null) => new(
        Microsoft.Extensions.Options.Options.Create(new EventGridOptions { TopicEndpoint = "https://topic.westeurope-1.eventgrid.azure.net/api/events", Scope = scope }),
        Microsoft.Extensions.Options.Options.Create(new AzureOptions { MaxRetries = 2, RetryDelay = TimeSpan.FromMilliseconds(1), MaxRetryDelay = TimeSpan.FromMilliseconds(2) }),
        credential ?? new StubCredential(),
        new HttpClientTransport(new RewritingHandler(server.BaseUri)),
        TimeProvider.System,
        (logs ?? new LogRecorder()).Create<EventGridSink>());
}
