using System.Text.Json.Nodes;
using Gatehouse.Core.Events;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Scopes;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace Gatehouse.Core.Tests.Events;

public sealed class GovernanceEventTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static LedgerEvent Event(string type, params (string Name, string Value)[] details) => new(
        LedgerEvent.MakeId(At, "intake1", 4), At, type, "user:ada", "intake:1", Scope.Parse("contoso/payments").Value, details.ToDictionary(one => one.Name, one => one.Value));

    private static IReadOnlyList<GovernanceEvent> Write(LedgerEvent ledgerEvent) =>
        new CloudEventWriter("urn:gatehouse:test", "test").Write(new LedgerEntry(7, LedgerEventJson.Serialize(ledgerEvent)));

    [Fact]
    public void Event_IsACloudEvent_WithTheLedgersIdIndexAndFacts()
    {
        var written = Assert.Single(Write(Event("intake.released", ("repository", "docker.io/library/alpine"), ("tag", "3.20"))));

        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse(
                $$"""
                {"specversion":"1.0","id":"{{LedgerEvent.MakeId(At, "intake1", 4)}}","source":"urn:gatehouse:test","type":"Gatehouse.IntakeReleased","subject":"intake:1",
                 "time":"2026-03-01T12:00:00Z","datacontenttype":"application/json","ledgerindex":"7","ledgerorigin":"test",
                 "data":{"type":"intake.released","actor":"user:ada","scope":"contoso/payments","details":{"repository":"docker.io/library/alpine","tag":"3.20"} } }
                """),
            JsonNode.Parse(written.Json.Span)));
        Assert.Equal(written.Json.ToArray(), Assert.Single(Write(Event("intake.released", ("repository", "docker.io/library/alpine"), ("tag", "3.20")))).Json.ToArray());
    }

    [Theory]
    [InlineData("intake.requested", "Gatehouse.IntakeRequested")]
    [InlineData("intake.judged", "Gatehouse.IntakeJudged")]
    [InlineData("intake.refused", "Gatehouse.IntakeRefused")]
    [InlineData("intake.approved", "Gatehouse.IntakeApproved")]
    [InlineData("intake.rejected", "Gatehouse.IntakeRejected")]
    [InlineData("intake.released", "Gatehouse.IntakeReleased")]
    [InlineData("intake.faulted", "Gatehouse.IntakeFaulted")]
    [InlineData("intake.retired", "Gatehouse.IntakeRetired")]
    [InlineData("intake.recalled", "Gatehouse.IntakeRecalled")]
    [InlineData("image.finding", "Gatehouse.ImageFinding")]
    [InlineData("replica.drifted", "Gatehouse.ReplicaDrifted")]
    [InlineData("registry.unapproved-push", "Gatehouse.UnapprovedPush")]
    [InlineData("policy.applied", "Gatehouse.PolicyApplied")]
    [InlineData("replica.served", "")]
    [InlineData("evidence.received", "")]
    [InlineData("made.up", "")]
    public void Type_OfALedgerEvent_IsPublishedAs(string type, string published) =>
        Assert.Equal(published, string.Join(' ', Write(Event(type)).Select(one => one.Type)));

    [Theory]
    [InlineData("Unavailable", true)]
    [InlineData("Degraded", true)]
    [InlineData("Healthy", false)]
    [InlineData("Unknown", false)]
    public void Health_ThatIsBad_IsTwoEventsWithTwoIds(string after, bool unhealthy)
    {
        var written = Write(Event("replica.health", ("after", after)));

        Assert.Equal(unhealthy ? ["Gatehouse.ReplicaHealthChanged", "Gatehouse.ReplicaUnhealthy"] : ["Gatehouse.ReplicaHealthChanged"], written.Select(one => one.Type));
        Assert.Equal(written.Count, written.Select(one => one.Id).Distinct().Count());
    }

    [Fact]
    public void Lag_AboveTheLimit_IsWarnedOfOnceUntilItIsBelowAgain()
    {
        var log = new CountingLogger();
        var lag = new EventLag(Options.Create(new EventOptions { LagWarning = 10 }), new ManualTimeProvider(), log);

        foreach (var entries in new long[] { 9, 10, 500, 11, 3, 10 })
        {
            lag.Is(entries);
        }

        Assert.Equal([1262, 1262], log.Ids);
    }

    [Fact]
    public void Topic_Away_IsWarnedOfOnceAndItsReturnIsTold()
    {
        var log = new CountingLogger();
        var lag = new EventLag(Options.Create(new EventOptions()), new ManualTimeProvider(), log);

        foreach (var away in new[] { null, FakeTopic.Away, FakeTopic.Away, null, null })
        {
            lag.Heard(away);
        }

        Assert.Equal([1263, 1264], log.Ids);
    }

    [Fact]
    public void Topic_RefusesAll_IsToldOnceWithWhatToCheckAndSoIsItsReturn()
    {
        var log = new CountingLogger();
        var lag = new EventLag(Options.Create(new EventOptions()), new ManualTimeProvider(), log);

        lag.RefusesAll(3, FakeTopic.Malformed);
        lag.RefusesAll(5, FakeTopic.Malformed);
        lag.Heard(null);

        Assert.Equal([1270, 1264], log.Ids);
        Assert.Contains("input schema is CloudEvents 1.0", log.Texts[0], StringComparison.Ordinal);
        Assert.Contains("BadRequest: 400: no", log.Texts[0], StringComparison.Ordinal);
    }

    /// <summary>A run every ten seconds, as the timer has it: an alert counts the lines.</summary>
    [Theory]
    [InlineData(false, "unreachable: nobody there")]
    [InlineData(true, "each is refused by itself, BadRequest: 400: no")]
    public async Task Publish_WhileTheTopicTakesNoneAndEventsWait_SaysSoOnceAMinuteWithHowManyAndWhy(bool refuses, string why)
    {
        await using var rig = await EventRig.OpenAsync();
        await rig.SealAsync(0, 2);
        var log = new CountingLogger();
        var publisher = rig.Publisher(logger: log);
        rig.Topic.Answer = _ => refuses ? FakeTopic.Malformed : FakeTopic.Away;

        for (var second = 0; second < 180; second += 10)
        {
            await publisher.PublishAsync(EventRig.Cancellation);
            rig.Ledger.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        var line = $"2 sealed ledger entries wait, for the topic does not take their events: {why}";
        Assert.Equal([line, line, line], log.TextsOf(1274));

        rig.Topic.Answer = null;
        rig.Ledger.Clock.Advance(TimeSpan.FromMinutes(2));
        await publisher.PublishAsync(EventRig.Cancellation);
        rig.Ledger.Clock.Advance(TimeSpan.FromMinutes(2));
        await publisher.PublishAsync(EventRig.Cancellation);
        Assert.Equal(3, log.TextsOf(1274).Count);
    }

    /// <summary>Another process may have published them meanwhile; and a topic that takes events but slowly is no trouble of this kind.</summary>
    [Fact]
    public void Waiting_NoneThereOrTheTopicWell_IsNotToldOf()
    {
        var log = new CountingLogger();
        var lag = new EventLag(Options.Create(new EventOptions()), new ManualTimeProvider(), log);

        lag.Is(5);
        lag.Heard(FakeTopic.Away);
        lag.Is(0);
        lag.Heard(null);
        lag.Is(5);

        Assert.Equal([1263, 1264], log.Ids);
    }

    [Theory]
    [InlineData("Gatehouse:Events:Source", "not a uri %", "URI")]
    [InlineData("Gatehouse:Events:StartAt", "Yesterday", "Now and Beginning")]
    [InlineData("Gatehouse:Events:LagWarning", "0", "1 to 1000000")]
    public void Options_ThatAreWrong_NameTheirKeyAndWhatIsAllowed(string key, string value, string allowed)
    {
        var options = new EventOptions();
        typeof(EventOptions).GetProperty(key.Split(':')[^1])!.SetValue(options, key.EndsWith("LagWarning", StringComparison.Ordinal) ? int.Parse(value) : value);

        var failure = Assert.Single(new EventOptionsValidator().Validate(null, options).Failures!);

        Assert.Contains(key, failure, StringComparison.Ordinal);
        Assert.Contains(allowed, failure, StringComparison.Ordinal);
    }

    private sealed class CountingLogger : ILogger<EventLag>
    {
        public List<int> Ids { get; } = [];

        public List<string> Texts { get; } = [];

        public IReadOnlyList<string> TextsOf(int id) => [.. Ids.Zip(Texts).Where(line => line.First == id).Select(line => line.Second)];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Ids.Add(eventId.Id);
            Texts.Add(formatter(state, exception));
        }
    }
}
