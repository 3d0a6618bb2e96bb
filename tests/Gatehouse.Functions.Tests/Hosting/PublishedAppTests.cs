using System.Net.Http.Headers;
using System.Text;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Queues.Embedded;
using Gatehouse.Core.Time;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Triggers;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Host;

namespace Gatehouse.Functions.Tests.Hosting;

/// <summary>The app as deployed, driven by a stand-in for the Functions host.</summary>
public sealed class PublishedAppTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Dictionary<string, string?> Settings => new()
    {
        ["Gatehouse__Environment"] = "Local",
        ["Gatehouse__Auth__LocalIssuer__Enabled"] = "true",
        ["Gatehouse__Auth__LocalIssuer__KeyPath"] = _directory["issuer.pem"],
        ["Gatehouse__Storage__Directory"] = _directory["data"],
        ["Gatehouse__Ledger__KeyPath"] = _directory["ledger.pem"],
        ["Gatehouse__Estate__Path"] = _directory["estate.yaml"],
    };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Handler_WithAPoisonedEnvironment_AnswersOnTheHostsPort()
    {
        await using var host = await StartAsync(Settings);
        TestContext.Current.SendDiagnosticMessage($"first answer after {host.StartupTime.TotalMilliseconds:F0} ms");
        using var client = new HttpClient();

        Assert.Equal(System.Net.HttpStatusCode.OK, (await client.GetAsync(new Uri(host.Address, "/healthz"), Token)).StatusCode);
        Assert.True(host.StartupTime < TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Queue_MessageOfNoIntake_SucceedsAndGarbageIsPoisonedAfterFive()
    {
        await using var host = await StartAsync(Settings);
        var queue = Queue();
        await queue.EnqueueAsync(QueueNames.IntakeWork, """{"intake":"01j0nosuchintake","turn":0}""", TimeSpan.Zero, Token);
        Assert.Equal(InvocationVerdict.Succeeded, Assert.Single(await PumpAsync(host, queue)).Verdict);

        await queue.EnqueueAsync(QueueNames.IntakeWork, "garbage", TimeSpan.Zero, Token);
        for (var attempt = 1; attempt <= FunctionsHostHarness.MaxDequeueCount; attempt++)
        {
            Assert.Equal(InvocationVerdict.Failed, Assert.Single(await PumpAsync(host, queue)).Verdict);
        }

        Assert.Empty(await PumpAsync(host, queue));
        Assert.Equal(1, await queue.CountAsync(QueueNames.Poison(QueueNames.IntakeWork), Token));
    }

    [Fact]
    public async Task Forwarded_Request_KeepsItsPathAndItsProblems()
    {
        await using var host = await StartAsync(Settings);
        using var stranger = await host.ForwardAsync(new HttpRequestMessage(HttpMethod.Get, "/api/intakes?take=5"), Token);
        using var reader = await host.ForwardAsync(Authorized(HttpMethod.Get, "/api/intakes?take=5"), Token);
        using var posted = await host.ForwardAsync(Authorized(HttpMethod.Post, "/api/intakes", """{"scope":"Contoso"}"""), Token);
        using var trigger = await host.ForwardAsync(Authorized(HttpMethod.Post, "/SealLedger", InvocationBodies.Timer("SealLedger")), Token);

        Assert.Equal(401, (int)stranger.StatusCode);
        Assert.Equal(200, (int)reader.StatusCode);
        Assert.Equal("application/problem+json", posted.Content.Headers.ContentType!.MediaType);
        Assert.Equal(403, (int)trigger.StatusCode);
    }

    [Fact]
    public async Task Handler_Killed_ServesAgainOnANewPort()
    {
        await using var host = await StartAsync(Settings);
        var (port, queue) = (host.Port, Queue());
        await queue.EnqueueAsync(QueueNames.IntakeWork, """{"intake":"01j0nosuchintake","turn":0}""", TimeSpan.Zero, Token);
        await host.FireTimerAsync(TriggerNames.Reconcile, Token);

        await host.KillAndRestartAsync(Token);

        Assert.NotEqual(port, host.Port);
        Assert.Equal(InvocationVerdict.Succeeded, (await host.FireTimerAsync(TriggerNames.Reconcile, Token)).Verdict);
        Assert.Equal(InvocationVerdict.Succeeded, Assert.Single(await PumpAsync(host, queue)).Verdict);
    }

    [Fact]
    public async Task Handler_ToldToEnd_AsksToBeStartedAgain()
    {
        await using var host = await StartAsync(Settings);

        Assert.Equal(200, await host.TerminateAsync(Token));
    }

    [Fact]
    public async Task Handler_Misconfigured_StaysUpAndFailsInvocations()
    {
        await using var host = await StartAsync(new Dictionary<string, string?> { ["Gatehouse__Auth__Issuer"] = "http://login.example" });

        var outcome = await host.FireTimerAsync(TriggerNames.SealLedger, Token);

        Assert.Equal(InvocationVerdict.Failed, outcome.Verdict);
        Assert.Contains("Gatehouse:Auth:Issuer", outcome.Body, StringComparison.Ordinal);
        await host.WaitForOutputAsync("Gatehouse:Auth:Issuer", Token);
    }

    [Theory]
    [InlineData(200, "application/json", "{}", InvocationVerdict.Succeeded)]
    [InlineData(200, "application/json", "", InvocationVerdict.Hung)]
    [InlineData(200, "application/json", "null", InvocationVerdict.Hung)]
    [InlineData(204, null, "", InvocationVerdict.Hung)]
    [InlineData(200, "text/plain", "OK", InvocationVerdict.Failed)]
    [InlineData(200, "application/json", "[]", InvocationVerdict.Failed)]
    [InlineData(200, "application/json", "{", InvocationVerdict.Failed)]
    [InlineData(500, "application/problem+json", "{}", InvocationVerdict.Failed)]
    public void Answer_AsTheHostJudgesIt(int status, string? mediaType, string body, InvocationVerdict verdict) =>
        Assert.Equal(verdict, InvocationOutcome.Judge(status, mediaType, body).Verdict);

    private static async Task<FunctionsHostHarness> StartAsync(Dictionary<string, string?> settings) =>
        await FunctionsHostHarness.StartAsync(await PublishedApp.GetAsync(), settings, Token);

    private static Task<IReadOnlyList<InvocationOutcome>> PumpAsync(FunctionsHostHarness host, EmbeddedQueue queue) =>
        host.PumpAsync(queue, QueueNames.IntakeWork, TriggerNames.AdvanceIntake, Token);

    private EmbeddedQueue Queue() =>
        new(Path.Combine(_directory["data"], "queues"), TimeProvider.System, new IdSource(TimeProvider.System, new SystemEntropy()));

    private HttpRequestMessage Authorized(HttpMethod method, string path, string? body = null)
    {
        using var issuer = LocalTokenIssuer.Open(_directory["issuer.pem"], TimeProvider.System, new IdSource(TimeProvider.System, new SystemEntropy()));
        var token = issuer.Issue(new LocalIdentity("ada", "Ada", ["Reader", "Requester"]), TimeSpan.FromMinutes(5));
        var request = new HttpRequestMessage(method, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return request;
    }
}
