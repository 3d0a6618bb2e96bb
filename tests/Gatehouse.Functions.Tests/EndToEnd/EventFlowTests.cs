using Gatehouse.Core.Queues;
using Gatehouse.Functions.Tests.Support;
using Gatehouse.TestKit.Host;

namespace Gatehouse.Functions.Tests.EndToEnd;

/// <summary>The published app: events in by the queue, and out to a topic, with the real managed identity credential.</summary>
[Collection(PublishedCollection.Name)]
public sealed class EventFlowTests(PublishedEstateFixture fixture) : IClassFixture<PublishedEstateFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private PublishedEstate Estate => fixture.Estate;

    private IReadOnlyList<string> Told => [.. Estate.Azure.Host.Topic(EmulatedAzure.Topic).Received.Where(one => one.Type == "Gatehouse.UnapprovedPush").Select(one => one.Id)];

    [Fact]
    public async Task Push_NobodyApproved_ComesByTheQueueAndIsToldToTheTopic_AlsoAfterAnOutage()
    {
        // As Event Grid may write it, and as base64; one twice, and garbage among them.
        await EnqueueAsync(Push("e-1", "rogue/one"));
        await EnqueueAsync(InvocationBodies.Stored(Push("e-2", "rogue/two")));
        await EnqueueAsync(Push("e-1", "rogue/one"));
        await EnqueueAsync("no event at all");
        Assert.All(await PumpAsync(), outcome => Assert.Equal(InvocationVerdict.Succeeded, outcome.Verdict));
        Assert.Equal(1, await Estate.Queue.CountAsync("gatehouse-events-poison", Cancel));

        var topic = Estate.Azure.Host.Topic(EmulatedAzure.Topic);
        topic.Faults.Denied = true;
        await FireAsync("SealLedger");
        await FireAsync("PublishEvents");
        Assert.Empty(Told);

        topic.Faults.Denied = false;
        topic.Faults.LoseReplies(1);
        await FireAsync("PublishEvents");
        await FireAsync("PublishEvents");
        Assert.Equal(2, Told.Distinct().Count());
        Assert.Contains(topic.Received, one => one.Type == "Gatehouse.PolicyApplied");
    }

    /// <summary>What a topic refused is not lost to it: the ledger has the event, and an operator has it published again.</summary>
    [Fact]
    public async Task Event_RefusedByTheTopic_IsPublishedFromTheLedgerWhenAnOperatorAsks()
    {
        await using var estate = await PublishedEstate.StartAsync();
        var topic = estate.Azure.Host.Topic(EmulatedAzure.Topic);
        topic.Faults.MaxEventBytes = 1;
        await FireAsync(estate, "SealLedger");
        await FireAsync(estate, "PublishEvents");
        Assert.Equal(1, await estate.Queue.CountAsync("gatehouse-events-out-poison", Cancel));

        var refused = await RequeueAsync(estate);
        Assert.Equal((409, "events-still-refused"), (refused.Status, refused.Json["code"]!.GetValue<string>()));
        Assert.Equal(1, await estate.Queue.CountAsync("gatehouse-events-out-poison", Cancel));
        Assert.Empty(topic.Received);

        topic.Faults.MaxEventBytes = 1024 * 1024;
        var done = await RequeueAsync(estate);
        Assert.True(done.Status == 200, done.Text);
        Assert.Equal(1, done.Json["requeued"]!.GetValue<int>());
        Assert.Equal("Gatehouse.PolicyApplied", Assert.Single(topic.Received).Type);
        Assert.Equal(0, await estate.Queue.CountAsync("gatehouse-events-out-poison", Cancel));
        await FireAsync(estate, "PublishEvents");
        Assert.Single(topic.Received, one => one.Type == "Gatehouse.PolicyApplied");
    }

    private static Task<Answer> RequeueAsync(PublishedEstate estate) => estate.SendAsync("POST", "/api/estate/queues/gatehouse-events-out/requeue", PublishedEstate.Olga);

    private static string Host(PublishedEstate estate) => estate.Azure.Host.Registry(EmulatedAzure.Hub).LoginServer;

    private string Push(string id, string repository) =>
        GridEvents.Push(id, repository).Replace("reg.azurecr.io", Host(Estate), StringComparison.Ordinal);

    private Task EnqueueAsync(string text) => Estate.Work.EnqueueAsync(QueueNames.Events, text, TimeSpan.Zero, Cancel);

    private Task<IReadOnlyList<InvocationOutcome>> PumpAsync() => Estate.App.PumpAsync(Estate.Queue, QueueNames.Events, "OnQueuedEvent", Cancel);

    private Task FireAsync(string timer) => FireAsync(Estate, timer);

    private static async Task FireAsync(PublishedEstate estate, string timer)
    {
        var outcome = await estate.App.FireTimerAsync(timer, Cancel);
        Assert.True(outcome.Verdict == InvocationVerdict.Succeeded, outcome.Body);
    }
}
