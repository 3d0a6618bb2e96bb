using Gatehouse.Azure.Tests.Emulation;
using Gatehouse.Core.Events;
using Gatehouse.Emulator.Topics;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Azure.Tests.Events;

/// <summary>The production sink with the real managed identity credential over TLS; the emulator's topic checks the token's audience.</summary>
public sealed class EmulatedTopicTests(EmulatorFixture emulator) : IDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private EmulatedTopic Topic => emulator.Host.Topic("governance");

    private IEventSink Sink => emulator.Services.GetRequiredService<IEventSink>();

    [Fact]
    public async Task Send_WithTheManagedIdentity_IsReceivedAsItWasWritten()
    {
        var one = SampleEvents.Event("managed-1", 41);

        Assert.IsType<SinkAnswer.Taken>(await Sink.SendAsync([one, SampleEvents.Event("managed-2", 42)], Cancel));

        Assert.Equal(["managed-1", "managed-2"], Ids("managed-"));
        var received = Topic.Received.First(found => found.Id == "managed-1");
        Assert.Equal(("Gatehouse.IntakeReleased", "urn:gatehouse:test", "intake:1"), (received.Type, received.Source, received.Subject));
        Assert.Equal(System.Text.Encoding.UTF8.GetString(one.Json.Span), received.Json);
    }

    [Fact]
    public async Task Send_ReplyLost_ArrivesAtLeastOnce()
    {
        Topic.Faults.LoseReplies(1);

        Assert.IsType<SinkAnswer.Taken>(await Sink.SendAsync([SampleEvents.Event("lost-1")], Cancel));

        Assert.Equal(["lost-1", "lost-1"], Ids("lost-"));
    }

    [Fact]
    public async Task Send_OneEventTooLarge_RefusesTheWholeBatch()
    {
        Topic.Faults.MaxEventBytes = 4096;

        Assert.IsType<SinkAnswer.Refused>(await Sink.SendAsync([SampleEvents.Event("large-1"), SampleEvents.Event("large-2", padding: 5000)], Cancel));
        Assert.Empty(Ids("large-"));
        Assert.IsType<SinkAnswer.Taken>(await Sink.SendAsync([SampleEvents.Event("large-1")], Cancel));
    }

    [Fact]
    public async Task Send_TopicDownDeniedOrThrottled_IsUnavailableUntilItPasses()
    {
        Topic.Faults.Down = true;
        Assert.Equal("unreachable", await CodeAsync());
        Topic.Faults.Down = false;
        Topic.Faults.Denied = true;
        Assert.Equal("Forbidden", await CodeAsync());
        Topic.Faults.Denied = false;

        // Longer than a call may wait: left to the next run.
        Topic.Faults.Throttle(TimeSpan.FromMinutes(2));
        Assert.Equal("TooManyRequests", await CodeAsync());
        Topic.Faults.Throttle(TimeSpan.Zero);
        Assert.IsType<SinkAnswer.Taken>(await Sink.SendAsync([SampleEvents.Event("down-1")], Cancel));
        Assert.Equal(["down-1"], Ids("down-"));
    }

    /// <summary>Ended before its time, as a credential's cache does not know.</summary>
    [Fact]
    public async Task Send_TokenEndedMidway_GoesOnWithANewerOne()
    {
        Assert.IsType<SinkAnswer.Taken>(await Sink.SendAsync([SampleEvents.Event("ended-1")], Cancel));
        emulator.Host.ExpireTokens();
        Assert.IsType<SinkAnswer.Taken>(await Sink.SendAsync([SampleEvents.Event("ended-2")], Cancel));

        Assert.Equal(["ended-1", "ended-2"], Ids("ended-"));
    }

    public void Dispose()
    {
        (Topic.Faults.Down, Topic.Faults.Denied, Topic.Faults.MaxEventBytes) = (false, false, 1024 * 1024);
        Topic.Faults.Throttle(TimeSpan.Zero);
        Topic.Faults.LoseReplies(0);
    }

    private async Task<string> CodeAsync() => Assert.IsType<SinkAnswer.Unavailable>(await Sink.SendAsync([SampleEvents.Event("down-1")], Cancel)).Code;

    private IEnumerable<string> Ids(string prefix) => Topic.Received.Select(one => one.Id).Where(id => id.StartsWith(prefix, StringComparison.Ordinal));
}
