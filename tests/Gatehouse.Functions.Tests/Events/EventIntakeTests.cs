using System.Text.Json.Nodes;
using Gatehouse.Functions.Tests.Support;
using Gatehouse.TestKit.Host;

namespace Gatehouse.Functions.Tests.Events;

public sealed class EventIntakeTests : IAsyncLifetime
{
    private HookedHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await HookedHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Batch_WithOneBadEvent_ProcessesTheGoodAndKeepsTheBadRaw()
    {
        var bad = GridEvents.Push("e-2", digest: "sha256:short");

        AssertSuccess(await _host.TriggerAsync("OnRegistryEvent", GridEvents.Batch(GridEvents.Push("e-1"), bad, GridEvents.CloudPush("e-3"))));

        Assert.Equal(["e-1", "e-3"], _host.Pushes);
        var kept = Assert.Single(await _host.KeptAsync());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(bad), kept["event"]));
        Assert.Equal("OnRegistryEvent", kept["kept"]!["by"]!.GetValue<string>());
        Assert.Equal("digest-malformed", kept["kept"]!["code"]!.GetValue<string>());
        Assert.Contains("sha256:short", kept["kept"]!["reason"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OnRegistryEvent", GridEvents.CloudWithoutData)]
    [InlineData("OnUpstreamUpdated", GridEvents.CloudWithoutData)]
    [InlineData("OnQueuedEvent", GridEvents.CloudWithoutData)]
    [InlineData("OnRegistryEvent", """{"eventType":"Microsoft.ContainerRegistry.ImagePushed","data":{}}""")]
    [InlineData("OnRegistryEvent", """{"id":"e","eventType":"Microsoft.ContainerRegistry.ImagePushed","data":{"target":{"repository":"a","digest":"sha256:bad"},"request":{"host":"r"}}}""")]
    [InlineData("OnRegistryEvent", "7")]
    [InlineData("OnUpstreamUpdated", """{"id":"u","specversion":"1.0","type":"Gatehouse.Upstream.TagPushed","data":{"image":"-bad-"}}""")]
    [InlineData("OnQueuedEvent", """{"id":"u","specversion":"1.0","type":"Gatehouse.Upstream.TagPushed","data":"text"}""")]
    public async Task Event_ThatCannotBeRead_IsKeptAndAcknowledged(string function, string json)
    {
        AssertSuccess(function == "OnQueuedEvent" ? await _host.QueueAsync(json) : await _host.TriggerAsync(function, json));

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), Assert.Single(await _host.KeptAsync())["event"]));
        Assert.Empty(_host.Pushes);
        Assert.Empty(_host.Updates);
    }

    [Theory]
    [InlineData("OnRegistryEvent", """{"id":"e","eventType":"Microsoft.ContainerRegistry.ImageDeleted","data":{"target":{"repository":"a"}}}""")]
    [InlineData("OnQueuedEvent", """{"id":"e","eventType":"Microsoft.Storage.BlobCreated","data":{}}""")]
    [InlineData("OnQueuedEvent", """{"id":"e","specversion":"1.0","type":"Gatehouse.IntakeReleased","data":{}}""")]
    [InlineData("OnRegistryEvent", "[]")]
    public async Task Event_OfAnotherType_IsIgnored(string function, string json)
    {
        AssertSuccess(function == "OnQueuedEvent" ? await _host.QueueAsync(json) : await _host.TriggerAsync(function, json));

        Assert.Empty(await _host.KeptAsync());
        Assert.Empty(_host.Pushes);
    }

    [Fact]
    public async Task Batch_WhereOneCannotBeProcessedNow_TriesTheRestAndComesAgain()
    {
        _host.Away.Add("e-1");
        var batch = GridEvents.Batch(GridEvents.Push("e-1"), GridEvents.CloudWithoutData, GridEvents.Push("e-2"));

        var answer = await _host.TriggerAsync("OnRegistryEvent", batch);

        Assert.Equal((503, "events-not-processed"), (answer.Status, answer.Code));
        Assert.DoesNotContain("the store is away", answer.Text, StringComparison.Ordinal);
        Assert.Equal(["e-2"], _host.Pushes);
        _host.Away.Clear();
        AssertSuccess(await _host.TriggerAsync("OnRegistryEvent", batch));
        Assert.Equal(["e-2", "e-1", "e-2"], _host.Pushes);
    }

    [Fact]
    public async Task BadEvent_TooLargeToKeep_FailsSoThatTheSenderKeepsIt()
    {
        var large = $$"""{"id":"","data":"{{new string('x', 60 * 1024)}}"}""";

        var answer = await _host.TriggerAsync("OnRegistryEvent", GridEvents.Batch(large, GridEvents.Push("e-1")));

        Assert.Equal((413, "event-too-large-to-keep"), (answer.Status, answer.Code));
        Assert.Equal(["e-1"], _host.Pushes);
        Assert.Empty(await _host.KeptAsync());
    }

    [Fact]
    public async Task Events_TwiceAndOutOfOrder_AreHandedOnByTheirIds()
    {
        AssertSuccess(await _host.QueueAsync(GridEvents.Push("e-2")));
        AssertSuccess(await _host.TriggerAsync("OnRegistryEvent", GridEvents.CloudPush("e-1")));
        AssertSuccess(await _host.QueueAsync(GridEvents.Push("e-2")));

        // Whoever is told drops what it has had; the id is what it goes by, whatever way it came.
        Assert.Equal(["e-2", "e-1", "e-2"], _host.Pushes);
    }

    [Fact]
    public async Task Queue_KeptEventPutBack_IsReadOnceMoreAndNeverNested()
    {
        AssertSuccess(await _host.QueueAsync(GridEvents.CloudWithoutData));
        var first = Assert.Single(await _host.KeptAsync());

        AssertSuccess(await _host.QueueAsync(InvocationBodies.Stored(first.ToJsonString())));
        var second = Assert.Single(await _host.KeptAsync());
        Assert.True(JsonNode.DeepEquals(first["event"], second["event"]));

        first["event"] = JsonNode.Parse(GridEvents.Push("e-9"));
        AssertSuccess(await _host.QueueAsync(first.ToJsonString()));
        Assert.Equal(["e-9"], _host.Pushes);
    }

    private static void AssertSuccess(Answer answer) => Assert.Equal(InvocationVerdict.Succeeded, InvocationOutcome.Judge(answer.Status, answer.MediaType, answer.Text).Verdict);
}
