using Gatehouse.Core.Estate;
using Gatehouse.Core.Events;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Queues;
using Gatehouse.Functions.Tests.Support;
using Gatehouse.TestKit.Host;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace Gatehouse.Functions.Tests.Api;

/// <summary>Over the real queues of a directory.</summary>
public sealed class QueueApiTests : IAsyncLifetime
{
    private const string Poison = "intake-work-poison";

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync(("Logging:LogLevel:Default", "Warning"));
        _host.EstateMap.Setup(estate => estate.GetAsync(It.IsAny<CancellationToken>())).ReturnsAsync(new EstateMap([]));
        _host.Workflow.Setup(workflow => workflow.ReconcileAsync(It.IsAny<CancellationToken>())).ReturnsAsync(0);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Estate_Queues_AreCounted()
    {
        await PutAsync("intake-work", "a");
        await PutAsync(Poison, "b");
        await PutAsync(Poison, "c");

        var queue = (await _host.SendAsync("GET", "/api/estate", "Reader")).Json["queues"]![0]!;

        Assert.Equal("""{"name":"intake-work","waiting":1,"poison":2}""", queue.ToJsonString());
    }

    [Theory]
    [InlineData("""{"intake":"i1","turn":2}""", """{"intake":"i1","turn":2}""")]
    [InlineData("plain \"text\"", "\"plain \\u0022text\\u0022\"")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]", "\"[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]\"")]
    public async Task Poison_Peeked_IsShownAndStays(string text, string shown)
    {
        await PutAsync(Poison, text);

        var first = await _host.SendAsync("GET", "/api/estate/queues/intake-work/poison", "Reader");
        var second = await _host.SendAsync("GET", "/api/estate/queues/intake-work/poison", "Reader");

        var message = Assert.Single(first.Json["messages"]!.AsArray())!;
        Assert.Equal(shown, message["text"]!.ToJsonString());
        Assert.NotEmpty(message["id"]!.GetValue<string>());
        Assert.True(DateTimeOffset.TryParse(message["inserted"]!.GetValue<string>(), out _));
        Assert.Equal(first.Text, second.Text);
    }

    [Fact]
    public async Task Poison_Requeued_IsBackAndCounted()
    {
        await PutAsync(Poison, "one");
        await PutAsync(Poison, "two");

        var answer = await _host.SendAsync("POST", "/api/estate/queues/intake-work/requeue", "Operator");
        var again = await _host.SendAsync("POST", "/api/estate/queues/intake-work/requeue", "Operator");

        Assert.Equal("""{"queue":"intake-work","requeued":2}""", answer.Text);
        Assert.Equal(0, again.Json["requeued"]!.GetValue<int>());
        var receiver = _host.Services.GetRequiredService<IWorkQueueReceiver>();
        Assert.Equal(["one", "two"], (await receiver.PeekAsync("intake-work", 32, CancellationToken.None)).Select(message => message.Text).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 409)]
    public async Task RefusedEvent_Requeued_IsPublishedFromTheLedgerAndItsRecordStaysUntilItIsTaken(bool takes, int status)
    {
        var happened = new LedgerEvent("e-7", DateTimeOffset.UnixEpoch, LedgerEventTypes.IntakeReleased, "system:workflow", "intake:1", null, new Dictionary<string, string>());
        _host.Ledger.Setup(ledger => ledger.ReadAsync(7, 1, It.IsAny<CancellationToken>())).Returns(new[] { new LedgerEntry(7, LedgerEventJson.Serialize(happened)) }.ToAsyncEnumerable());
        var sent = new List<GovernanceEvent>();
        _host.Topic.Setup(topic => topic.SendAsync(It.IsAny<IReadOnlyList<GovernanceEvent>>(), It.IsAny<CancellationToken>()))
            .Callback((IReadOnlyList<GovernanceEvent> events, CancellationToken _) => sent.AddRange(events))
            .ReturnsAsync(takes ? new SinkAnswer.Taken() : new SinkAnswer.Refused("BadRequest", "400: no"));
        await PutAsync("gatehouse-events-out-poison", """{"ledgerIndex":7,"id":"e-7","type":"Gatehouse.IntakeReleased","code":"BadRequest","reason":"400: no","at":"2026-03-01T12:00:00+00:00"}""");

        var answer = await _host.SendAsync("POST", "/api/estate/queues/gatehouse-events-out/requeue", "Operator");

        Assert.Equal(status, answer.Status);
        Assert.Equal(("e-7", "Gatehouse.IntakeReleased", 7), sent.Select(one => (one.Id, one.Type, one.LedgerIndex)).Single());
        var left = (await _host.SendAsync("GET", "/api/estate/queues/gatehouse-events-out/poison", "Reader")).Json["messages"]!.AsArray();
        if (takes)
        {
            Assert.Equal("""{"queue":"gatehouse-events-out","requeued":1}""", answer.Text);
            Assert.Empty(left);
        }
        else
        {
            Assert.Equal("events-still-refused", answer.Code);
            Assert.Contains("ledger entry 7: BadRequest: 400: no", answer.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
            Assert.Equal("e-7", Assert.Single(left)!["text"]!["id"]!.GetValue<string>());
        }
    }

    [Theory]
    [InlineData("POST", "/api/estate/queues/gatehouse-events-out/requeue", "Reader", 403, "role-missing")]
    [InlineData("POST", "/api/estate/queues/intake-work/requeue", "Reader", 403, "role-missing")]
    [InlineData("POST", "/api/estate/queues/other/requeue", "Operator", 404, "queue-unknown")]
    [InlineData("GET", "/api/estate/queues/other/poison", "Reader", 404, "queue-unknown")]
    [InlineData("GET", "/api/estate/queues/intake-work/poison", "Agent", 403, "role-missing")]
    public async Task Queues_AskedWrongly_AreRefused(string method, string path, string role, int status, string code)
    {
        var answer = await _host.SendAsync(method, path, role);

        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Reconcile_PoisonWaits_WarnsEveryTimeAndMeasures()
    {
        await PutAsync(Poison, "one");
        await PutAsync(Poison, "two");

        for (var i = 0; i < 2; i++)
        {
            var answer = await _host.SendAsync(Invocation("Reconcile"));
            Assert.Contains("2 messages failed too often and wait", answer.Text, StringComparison.Ordinal);
        }

        Assert.Equal(2, _host.Logs.Entries.Count(entry => entry.Id == 1732 && entry.Text.StartsWith("2 messages of queue intake-work failed too often", StringComparison.Ordinal)));

        // The gauge is the process's, and other tests' hosts set it as well: it is asked until this one's word was the last.
        await Eventually.NothingIsMissingAsync(
            async () =>
            {
                await _host.SendAsync(Invocation("Reconcile"));
                var metrics = (await _host.SendAsync("GET", "/metrics", role: null)).Text;
                return metrics.Contains("gatehouse_queue_poison{queue=\"intake-work\"} 2", StringComparison.Ordinal) ? null : metrics;
            },
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Reconcile_NoPoison_IsQuiet()
    {
        await _host.SendAsync(Invocation("Reconcile"));

        Assert.DoesNotContain(_host.Logs.Entries, entry => entry.Id == 1732);
    }

    private Task PutAsync(string queue, string text) =>
        _host.Services.GetRequiredService<IWorkQueue>().EnqueueAsync(queue, text, TimeSpan.Zero, TestContext.Current.CancellationToken);

    private HttpRequestMessage Invocation(string function)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_host.Address, "/" + function)) { Content = new StringContent(InvocationBodies.Timer(function), System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Azure-Functions-InvocationId", "00000000-0000-4000-8000-000000000001");
        return request;
    }
}
