using Gatehouse.Core.Estate;
using Gatehouse.Core.Ledger;
using Xunit;

namespace Gatehouse.Core.Tests.Estate;

public sealed class EstateProbeTests
{
    private readonly EstateFixture _fixture = new();

    [Fact]
    public async Task Probe_AllAsReleased_IsHealthyAndCostsOnePingAndOneListARepository()
    {
        for (var i = 0; i < 5; i++)
        {
            await _fixture.ReleaseAsync(_fixture.Image($"index{i}", ["v1"], $"intake{i}", $"docker.io/library/app{i}", manifests: $"amd64-{i}"));
        }

        var report = await _fixture.Monitor.ProbeAsync(EstateFixture.Token);

        Assert.Equal(new ProbeReport(3, 3, 0, 0, 0, 0), report);
        Assert.All(_fixture.Estate.Replicas, replica => Assert.Equal(6, _fixture.Replicas.Asked(replica.Id)));
        Assert.All(await _fixture.Monitor.GetStatusAsync(EstateFixture.Token), status => Assert.Equal((ReplicaHealth.Healthy, 0), (status.Health, status.Missing)));
    }

    [Fact]
    public async Task Probe_ThousandImagesOverThreeReplicas_StaysInTheBudget()
    {
        for (var i = 0; i < 1000; i++)
        {
            await _fixture.Released.AddAsync(_fixture.Image($"index{i}", [$"v{i}"], $"intake{i}", $"docker.io/library/app{i % 15}"), EstateFixture.Token);
        }

        await _fixture.Monitor.ProbeAsync(EstateFixture.Token);

        var requests = _fixture.Estate.Replicas.Sum(replica => _fixture.Replicas.Asked(replica.Id));
        Assert.InRange(requests / (1000.0 * 3), 0, 0.02);
    }

    [Fact]
    public async Task Probe_ReplicaFailsThePing_IsAskedNothingElse()
    {
        await _fixture.ReleaseAsync(_fixture.Image("index", ["v1"]));
        _fixture.Replicas.Pings[EstateFixture.North] = new ReplicaAnswer(Presence.Unknown, Reason: "connection refused");

        var report = await _fixture.Monitor.ProbeAsync(EstateFixture.Token);

        Assert.Equal(1, _fixture.Replicas.Asked(EstateFixture.North));
        Assert.Equal((2, 1), (report.Healthy, report.Degraded));
        var status = await _fixture.StatusAsync(EstateFixture.North);
        Assert.Equal((ReplicaHealth.Degraded, "connection refused", 0), (status.Health, status.Reason, status.Missing));
    }

    [Fact]
    public async Task Probe_ThreeFailuresThenTwoAnswers_GoesDownAndComesBackWithOneEventEach()
    {
        await _fixture.Monitor.ProbeAsync(EstateFixture.Token);
        _fixture.Replicas.Pings[EstateFixture.East] = new ReplicaAnswer(Presence.Unknown, Reason: "timed out");
        await ProbeEveryMinuteAsync(4);
        Assert.Equal(ReplicaHealth.Unavailable, (await _fixture.StatusAsync(EstateFixture.East)).Health);

        _fixture.Replicas.Pings.Clear();
        await ProbeEveryMinuteAsync(1);
        Assert.Equal(ReplicaHealth.Unavailable, (await _fixture.StatusAsync(EstateFixture.East)).Health);
        await ProbeEveryMinuteAsync(1);

        Assert.Equal(
            ["Unknown>Healthy", "Healthy>Degraded", "Degraded>Unavailable", "Unavailable>Healthy"],
            _fixture.Inbox.OfType(LedgerEventTypes.ReplicaHealthChanged)
                .Where(change => change.Subject == $"replica:{EstateFixture.East}")
                .Select(change => $"{change.Details["before"]}>{change.Details["after"]}"));
    }

    /// <summary>An alert looks at a window of lines: one at the change alone would end it while the trouble lasts.</summary>
    [Fact]
    public async Task Probe_WhileAReplicaIsUnhealthy_SaysSoEveryTimeAndThenNoMore()
    {
        await _fixture.Monitor.ProbeAsync(EstateFixture.Token);
        _fixture.Replicas.Pings[EstateFixture.East] = new ReplicaAnswer(Presence.Unknown, Reason: "timed out");
        await ProbeEveryMinuteAsync(20);
        var lines = Unhealthy();
        Assert.Equal(20, lines.Count);
        Assert.StartsWith($"Replica {EstateFixture.East} is Degraded since ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"Replica {EstateFixture.East} is Unavailable since ", lines[^1], StringComparison.Ordinal);
        Assert.EndsWith(": timed out", lines[^1], StringComparison.Ordinal);

        _fixture.Replicas.Pings.Clear();
        await ProbeEveryMinuteAsync(2);
        var until = Unhealthy().Count;
        await ProbeEveryMinuteAsync(5);

        Assert.Equal((21, 21), (until, Unhealthy().Count));
    }

    [Fact]
    public async Task Probe_Throttled_IsLoadAndNotDeath()
    {
        _fixture.Replicas.Pings[EstateFixture.West] = new ReplicaAnswer(Presence.Unknown, Throttled: true, Reason: "429");

        await ProbeEveryMinuteAsync(20);

        Assert.Equal(ReplicaHealth.Degraded, (await _fixture.StatusAsync(EstateFixture.West)).Health);
    }

    [Fact]
    public async Task Probe_ListThrottled_StopsAskingThatReplicaAndKeepsWhatWasKnown()
    {
        for (var i = 0; i < 20; i++)
        {
            await _fixture.ReleaseAsync(_fixture.Image($"index{i}", ["v1"], $"intake{i}", $"docker.io/library/app{i:D2}"));
        }

        _fixture.Serve(EstateFixture.North, "docker.io/library/app00");
        await _fixture.Monitor.ProbeAsync(EstateFixture.Token);
        Assert.Equal(1, (await _fixture.StatusAsync(EstateFixture.North)).Missing);

        _fixture.Replicas.Forget();
        for (var i = 0; i < 20; i++)
        {
            _fixture.Replicas.Lists[(EstateFixture.North, $"docker.io/library/app{i:D2}")] = new(null, Throttled: true, Reason: "429");
        }

        await _fixture.Monitor.ProbeAsync(EstateFixture.Token);

        // Requests that were under way when the 429 came may still finish.
        Assert.InRange(_fixture.Replicas.Asked(EstateFixture.North), 2, 1 + _fixture.Options.ProbeConcurrency);
        Assert.Equal((ReplicaHealth.Degraded, 1), ((await _fixture.StatusAsync(EstateFixture.North)).Health, (await _fixture.StatusAsync(EstateFixture.North)).Missing));
    }

    [Fact]
    public async Task Probe_ListUnknown_IsNeverCountedAsMissing()
    {
        await _fixture.ReleaseAsync(_fixture.Image("index", ["v1"]));
        _fixture.Replicas.Lists[(EstateFixture.North, EstateFixture.Repository)] = new(null, Reason: "503");

        var report = await _fixture.Monitor.ProbeAsync(EstateFixture.Token);

        Assert.Equal(0, report.DriftedManifests);
        Assert.Equal((ReplicaHealth.Degraded, 0), ((await _fixture.StatusAsync(EstateFixture.North)).Health, (await _fixture.StatusAsync(EstateFixture.North)).Missing));
        Assert.Empty(_fixture.Inbox.OfType(LedgerEventTypes.ReplicaDrifted));
    }

    [Theory]
    [InlineData("missing", 1)]
    [InlineData("unreadable", 1)]
    [InlineData("unlocked", 0)]
    [InlineData("untagged", 0)]
    public async Task Probe_Drift_IsCountedAndRecordedOnceWhileItLasts(string kind, int missing)
    {
        var image = _fixture.Image("index", ["v1"], manifests: "amd64");
        await _fixture.ReleaseAsync(image);
        var part = new ManifestRow(EstateFixture.DigestOf("amd64"), false, true, []);
        var row = new ManifestRow(image.Digest, kind != "unlocked", kind != "unreadable", kind == "untagged" ? [] : ["v1"]);
        _fixture.Serve(EstateFixture.North, EstateFixture.Repository, kind == "missing" ? [part] : [part, row]);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(10));

        await ProbeEveryMinuteAsync(3);

        var drifted = Assert.Single(_fixture.Inbox.OfType(LedgerEventTypes.ReplicaDrifted));
        Assert.StartsWith(kind, drifted.Details["differences"]);
        Assert.Contains(image.Digest.ToString(), drifted.Details["differences"]);
        var status = await _fixture.StatusAsync(EstateFixture.North);
        Assert.Equal((missing, missing > 0 ? ReplicaHealth.Degraded : ReplicaHealth.Healthy), (status.Missing, status.Health));

        await _fixture.ReleaseAsync(image);
        Assert.Equal(0, (await _fixture.Monitor.ProbeAsync(EstateFixture.Token)).DriftedManifests);
        Assert.Equal((0, ReplicaHealth.Healthy), ((await _fixture.StatusAsync(EstateFixture.North)).Missing, (await _fixture.StatusAsync(EstateFixture.North)).Health));

        _fixture.Serve(EstateFixture.North, EstateFixture.Repository);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, (await _fixture.Monitor.ProbeAsync(EstateFixture.Token)).DriftedManifests);
        Assert.Equal(2, _fixture.Inbox.OfType(LedgerEventTypes.ReplicaDrifted).Count);
    }

    [Theory]
    [InlineData("missing", 1)]
    [InlineData("unlocked", 0)]
    [InlineData("untagged", 0)]
    public async Task Probe_JustReleased_GivesTagsAndLocksTimeToArriveButNotManifests(string kind, int drifted)
    {
        var image = _fixture.Image("index", ["v1"]);
        await _fixture.ReleaseAsync(image);
        var row = new ManifestRow(image.Digest, kind != "unlocked", true, kind == "untagged" ? [] : ["v1"]);
        _fixture.Serve(EstateFixture.North, EstateFixture.Repository, kind == "missing" ? [] : [row]);

        Assert.Equal(drifted, (await _fixture.Monitor.ProbeAsync(EstateFixture.Token)).DriftedManifests);
    }

    [Fact]
    public async Task Probe_CrashBetweenCommitAndLedger_IsFlushedByTheNextOne()
    {
        _fixture.Inbox.Crash = true;
        await Assert.ThrowsAsync<IOException>(() => _fixture.Monitor.ObserveAsync(
            _fixture.Replica(EstateFixture.West), new ReplicaAnswer(Presence.Served), null, EstateFixture.Token));
        Assert.Empty(_fixture.Inbox.Events);

        await _fixture.Create().ProbeAsync(EstateFixture.Token);

        Assert.Single(_fixture.Inbox.OfType(LedgerEventTypes.ReplicaHealthChanged), change => change.Subject == $"replica:{EstateFixture.West}");
        Assert.DoesNotContain(_fixture.Records.Keys, key => key.Row.StartsWith("outbox~", StringComparison.Ordinal));
    }

    private List<string> Unhealthy() => [.. _fixture.Logs.Entries.Where(entry => entry.Id == 1808).Select(entry => entry.Text)];

    private async Task ProbeEveryMinuteAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
            await _fixture.Monitor.ProbeAsync(EstateFixture.Token);
        }
    }
}
