using Gatehouse.Core.Estate;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Moq;
using Xunit;

namespace Gatehouse.Core.Tests.Intakes;

public class IntakeWorkflowTests
{
    [Fact]
    public async Task Advance_CleanImage_IsReleasedOnlyAfterEveryReplicaServesIt()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Registries.Lagging.Add("hub/eastus2");
        var intake = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, "fine", CancellationToken.None);

        var replicating = await world.RunAsync(intake.Id, IntakeState.Replicating);
        for (var i = 0; i < 30; i++)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            await world.DeliverAsync();
        }

        Assert.Empty(world.Registries.Tags);
        world.Registries.Lagging.Clear();
        var released = await world.RunAsync(intake.Id, IntakeState.Released);

        Assert.Equal(4, released.Replicas.Count(proof => proof.IsServed));
        Assert.True(released.Replicas.Single(proof => proof.Region == "eastus2").LagMs >= 30_000);
        Assert.Equal([released.Candidate!.Digest, released.Candidate.Digest], world.Registries.Tags.Values);
        Assert.Equal(replicating.Candidate, released.Candidate, (one, other) => one!.Digest == other!.Digest);
        world.Released.Verify(store => store.AddAsync(It.Is<ReleasedImage>(image => image.Tags.Single() == "1.2" && image.Repository == "ghcr.io/shop/api"), It.IsAny<CancellationToken>()), Times.Once);
        Assert.Equal(
            [
                LedgerEventTypes.IntakeRequested, LedgerEventTypes.IntakeResolved, LedgerEventTypes.EvidenceReceived, LedgerEventTypes.IntakeJudged,
                LedgerEventTypes.IntakeApproved, LedgerEventTypes.ImportStarted, LedgerEventTypes.ImportStarted, LedgerEventTypes.ImportCompleted,
                LedgerEventTypes.ImportCompleted, LedgerEventTypes.ReplicaServed, LedgerEventTypes.ReplicaServed, LedgerEventTypes.ReplicaServed,
                LedgerEventTypes.ReplicaServed, LedgerEventTypes.ReferrersClosed, LedgerEventTypes.ReferrersClosed, LedgerEventTypes.IntakeReleased,
            ],
            world.EventsOf(intake.Id).Select(entry => entry.Type));
    }

    [Fact]
    public async Task Advance_Referrers_AreImportedIntoEveryRegistry()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Upstream.Answer = image => new Resolution.Found(FakeUpstream.CandidateOf(image, referrers: 2));
        world.Registries.Lists(FakeUpstream.CandidateOf(IntakeWorld.Image, referrers: 2));
        var intake = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);
        await world.RunAsync(intake.Id, IntakeState.Released);

        Assert.Equal(6, world.Registries.Held.Count);
        Assert.True(await world.Expected.IsExpectedAsync("ghcr.io/shop/api", intake.Candidate!.Referrers[1].Digest, CancellationToken.None));
        Assert.False(await world.Expected.IsExpectedAsync("ghcr.io/shop/other", intake.Candidate.Referrers[1].Digest, CancellationToken.None));
    }

    [Fact]
    public async Task Advance_CriticalFinding_IsRefusedWithTheRule()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Scanner.Worst = Severity.Critical;
        var intake = await world.RequestAsync();

        var refused = await world.RunAsync(intake.Id, IntakeState.Refused, IntakeState.AwaitingApproval);

        Assert.Equal(IntakeState.Refused, refused.State);
        var entry = world.EventsOf(intake.Id).Single(entry => entry.Type == LedgerEventTypes.IntakeRefused);
        Assert.Equal("vulnerabilities", entry.Details["rule"]);
    }

    [Fact]
    public async Task Advance_ForbiddenSource_IsRefusedWithoutAskingScanners()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Policy.ForbiddenRepository = IntakeWorld.Image.Repository;
        var intake = await world.RequestAsync();

        await world.RunAsync(intake.Id, IntakeState.Refused);

        Assert.Equal(0, world.Scanner.Submissions);
    }

    [Fact]
    public async Task Advance_ScannerThatDoesNotAnswer_BlocksUntilTheDeadlineAndThenFaults()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Settings.EvidenceDeadline = TimeSpan.FromMinutes(5);
        for (var i = 0; i < 1_000; i++)
        {
            world.Scanner.Script.Enqueue(new ScanProgress.Unavailable("connection refused", null));
        }

        var intake = await world.RequestAsync();
        var faulted = await world.RunAsync(intake.Id, IntakeState.Faulted, IntakeState.AwaitingApproval, IntakeState.Approved);

        Assert.Equal(IntakeState.Faulted, faulted.State);
        Assert.Equal(IntakeState.Assessing, faulted.FaultedFrom);
        Assert.Empty(world.Registries.Held);
    }

    [Fact]
    public async Task Advance_ScannerThatRefuses_LeavesTheVerdictUnknown()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Scanner.Script.Enqueue(new ScanProgress.Refused("cannot read this"));
        var intake = await world.RequestAsync();

        await world.RunAsync(intake.Id, IntakeState.Assessing);
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        await world.DeliverAsync();
        var assessing = await world.GetAsync(intake.Id);

        Assert.Equal(IntakeState.Assessing, assessing.State);
        Assert.Equal("cannot read this", (await world.Desk.GetEvidenceAsync(intake.Id, CancellationToken.None)).Value.Single().Reason);
    }

    [Fact]
    public async Task Advance_UpstreamUnreachable_IsTriedAgainAndFaultsInTheEnd_AndCanBeRetried()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Upstream.Answer = _ => new Resolution.Unavailable("429", null);
        var intake = await world.RequestAsync();

        var faulted = await world.RunAsync(intake.Id, IntakeState.Faulted);
        Assert.Equal(world.Settings.MaxAttempts, world.Upstream.Calls);
        Assert.Contains("429", faulted.Reason, StringComparison.Ordinal);

        world.Upstream.Answer = null;
        Assert.True((await world.Desk.RetryAsync(intake.Id, IntakeWorld.Adam, CancellationToken.None)).IsOk);
        await world.RunAsync(intake.Id, IntakeState.AwaitingApproval);
    }

    [Fact]
    public async Task Advance_UnknownImage_IsRefused()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Upstream.Answer = _ => new Resolution.NotFound("no such tag");
        var intake = await world.RequestAsync();

        Assert.Equal("no such tag", (await world.RunAsync(intake.Id, IntakeState.Refused)).Reason);
    }

    [Fact]
    public async Task Advance_SameDigestAndTagInTheSameScope_IsRetiredForTheFirst()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var first = await world.AwaitingAsync();
        var second = await world.RequestAsync();

        Assert.NotEqual(first.Id, second.Id);
        var retired = await world.RunAsync(second.Id, IntakeState.Retired);
        Assert.Equal(first.Id, retired.DuplicateOf);
    }

    [Fact]
    public async Task Advance_ImportFailsRetryably_IsStartedAgain()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Registries.StartScript.Enqueue(new ImportProgress.Failed("TooManyRequests", "slow down", Retryable: true, TimeSpan.FromSeconds(7)));
        var intake = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);

        await world.RunAsync(intake.Id, IntakeState.Released);

        Assert.Single(world.EventsOf(intake.Id), entry => entry.Type == LedgerEventTypes.ImportFailed);
    }

    [Fact]
    public async Task Advance_ImportCannotBeOrdered_WaitsForTheServiceHoweverOften()
    {
        await using var world = await IntakeWorld.CreateAsync();
        for (var i = 0; i < 3 * world.Settings.MaxAttempts; i++)
        {
            world.Registries.StartScript.Enqueue(new ImportProgress.Failed("TooManyRequests", "slow down", Retryable: true, TimeSpan.FromSeconds(7), NotStarted: true));
        }

        var awaiting = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(awaiting.Id, IntakeWorld.Adam, null, CancellationToken.None);
        var intake = await world.RunAsync(awaiting.Id, IntakeState.Released);

        Assert.All(intake.Imports, job => Assert.Equal(0, job.Attempts));
        Assert.DoesNotContain(world.EventsOf(intake.Id), entry => entry.Type == LedgerEventTypes.ImportFailed);
        Assert.Empty(world.Registries.StartScript);
    }

    [Fact]
    public async Task Advance_ImportCannotBeAskedAfter_KeepsItsLocationHoweverOften()
    {
        await using var world = await IntakeWorld.CreateAsync();
        for (var i = 0; i < 2 * world.Settings.MaxAttempts; i++)
        {
            world.Registries.PollScript.Enqueue(new ImportProgress.Failed("ExpiredAuthenticationToken", "old", Retryable: true, TimeSpan.FromSeconds(7), StillRuns: true));
        }

        var awaiting = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(awaiting.Id, IntakeWorld.Adam, null, CancellationToken.None);
        var intake = await world.RunAsync(awaiting.Id, IntakeState.Released);

        Assert.All(intake.Imports, job => Assert.Equal(0, job.Attempts));
        Assert.Equal(world.EventsOf(intake.Id).Count(entry => entry.Type == LedgerEventTypes.ImportStarted), intake.Imports.Count);
        Assert.DoesNotContain(world.EventsOf(intake.Id), entry => entry.Type == LedgerEventTypes.ImportFailed);
        Assert.Empty(world.Registries.PollScript);
    }

    [Fact]
    public async Task Advance_ImportFailsForGood_FaultsWithTheServiceWords()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Registries.StartScript.Enqueue(new ImportProgress.Failed("AuthorizationFailed", "no rights", Retryable: false));
        var intake = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);

        var faulted = await world.RunAsync(intake.Id, IntakeState.Faulted);

        Assert.Contains("AuthorizationFailed: no rights", faulted.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Advance_ConflictForADigestThatIsThere_CountsAsDone()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Registries.PollScript.Enqueue(new ImportProgress.Failed("Conflict", "already exists", Retryable: false));
        var intake = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);
        await world.RunAsync(intake.Id, IntakeState.Importing);
        foreach (var registry in IntakeWorld.Estate.Registries)
        {
            world.Registries.Held.Add((registry.Name, intake.Candidate!.Digest));
        }

        await world.RunAsync(intake.Id, IntakeState.Released);

        Assert.DoesNotContain(world.EventsOf(intake.Id), entry => entry.Type == LedgerEventTypes.ImportFailed);
    }

    [Fact]
    public async Task Advance_ReplicaThatNeverServes_FaultsAfterTheDeadlineAndNamesIt()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Settings.ReplicationDeadline = TimeSpan.FromMinutes(3);
        world.Registries.Lagging.Add("edge/swedencentral");
        var intake = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);

        var faulted = await world.RunAsync(intake.Id, IntakeState.Faulted);

        Assert.Contains("edge/swedencentral", faulted.Reason, StringComparison.Ordinal);
        Assert.Empty(world.Registries.Tags);
    }

    [Fact]
    public async Task Advance_PublishingFailsOnceAfterALongWait_IsTriedAgain()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Registries.Lagging.Add("edge/swedencentral");
        var intake = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);
        await world.RunAsync(intake.Id, IntakeState.Replicating);
        while ((await world.GetAsync(intake.Id)).Attempts <= world.Settings.MaxAttempts)
        {
            world.Clock.Advance(world.Settings.MaxDelay);
            await world.DeliverAsync();
        }

        world.Registries.Lagging.Clear();
        world.Registries.PublishScript.Enqueue(new PublishOutcome.Failed("503", Retryable: true));

        Assert.Equal(IntakeState.Released, (await world.RunAsync(intake.Id, IntakeState.Released, IntakeState.Faulted)).State);
    }

    [Fact]
    public async Task Advance_PublishingKeepsFailing_FaultsAfterAsManyTriesAsAllowed()
    {
        await using var world = await IntakeWorld.CreateAsync();
        for (var i = 0; i < world.Settings.MaxAttempts; i++)
        {
            world.Registries.PublishScript.Enqueue(new PublishOutcome.Failed("503", Retryable: true));
        }

        var intake = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);

        Assert.Contains($"after {world.Settings.MaxAttempts} tries", (await world.RunAsync(intake.Id, IntakeState.Faulted)).Reason, StringComparison.Ordinal);
        Assert.Empty(world.Registries.PublishScript);
    }

    [Fact]
    public async Task Advance_MessageForAnIntakeThatWasNeverWritten_DoesNothing()
    {
        await using var world = await IntakeWorld.CreateAsync();

        await world.Workflow.AdvanceAsync(new WorkItem("nobody", 3), CancellationToken.None);

        Assert.Empty(world.Inbox.Events);
    }

    [Fact]
    public async Task Advance_ImportThatNeverEnds_FaultsAfterTheDeadline()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Settings.ImportDeadline = TimeSpan.FromMinutes(5);
        for (var i = 0; i < 1_000; i++)
        {
            world.Registries.PollScript.Enqueue(new ImportProgress.Running("https://arm/1", null));
        }

        var intake = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);

        Assert.Contains("Not imported within", (await world.RunAsync(intake.Id, IntakeState.Faulted)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Advance_StepThatAlwaysThrows_FaultsWithWhatItSaid()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Upstream.Answer = _ => throw new InvalidDataException("the sky fell");
        var intake = await world.RequestAsync();

        Assert.Contains("the sky fell", (await world.RunAsync(intake.Id, IntakeState.Faulted)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Advance_PolicyAsksForOneMoreScannerMeanwhile_AsksItToo()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Policy.Scanners.Clear();
        world.Policy.Scanners.Add("pushed");
        var intake = await world.RequestAsync();
        await world.RunAsync(intake.Id, IntakeState.Assessing);
        await world.DeliverAsync();
        world.Policy.Scanners.Clear();
        world.Policy.Scanners.Add("trivy");

        await world.RunAsync(intake.Id, IntakeState.AwaitingApproval);

        Assert.Equal(1, world.Scanner.Submissions);
    }

    [Fact]
    public async Task Retry_AnotherIntakeTookItsPlace_IsRefusedAndNamesIt()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Registries.StartScript.Enqueue(new ImportProgress.Failed("AuthorizationFailed", "no rights", Retryable: false));
        var first = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(first.Id, IntakeWorld.Adam, null, CancellationToken.None);
        await world.RunAsync(first.Id, IntakeState.Faulted);
        var second = await world.AwaitingAsync();

        var refused = await world.Desk.RetryAsync(first.Id, IntakeWorld.Adam, CancellationToken.None);

        Assert.Equal("intake-superseded", refused.Error.Code);
        Assert.Contains(second.Id, refused.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reconcile_LostMessages_AreQueuedAgain()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var intake = await world.RequestAsync();
        world.Queue.Lose();

        world.Clock.Advance(world.Settings.Grace + TimeSpan.FromSeconds(1));
        Assert.Equal(1, await world.Workflow.ReconcileAsync(CancellationToken.None));

        await world.RunAsync(intake.Id, IntakeState.AwaitingApproval);
        world.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, await world.Workflow.ReconcileAsync(CancellationToken.None));
    }

    [Fact]
    public void Transitions_EveryStateHasAnEntry_AndSettledOnesLeadNowhereByThemselves()
    {
        foreach (var state in Enum.GetValues<IntakeState>())
        {
            Assert.True(state.CanBecome(state));
            Assert.False(state.IsDriven() && state.IsSettled());
        }

        Assert.False(IntakeState.Refused.CanBecome(IntakeState.Approved));
        Assert.False(IntakeState.AwaitingApproval.CanBecome(IntakeState.Released));
        Assert.False(IntakeState.Assessing.CanBecome(IntakeState.Importing));
    }
}
