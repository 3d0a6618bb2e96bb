using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;
using Xunit;

namespace Gatehouse.Core.Tests.Intakes;

public class IntakeDeskTests
{
    [Fact]
    public async Task Request_SameTagTwiceAfterAnEarlierIntakeOfIt_IsOneIntake()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var earlier = await world.AwaitingAsync();

        var second = await world.RequestAsync();
        var third = await world.RequestAsync();

        Assert.NotEqual(earlier.Id, second.Id);
        Assert.Equal(second.Id, third.Id);
    }

    [Fact]
    public async Task Retry_ScannerThatRefused_IsAskedAgain()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Settings.EvidenceDeadline = TimeSpan.FromMinutes(5);
        world.Scanner.Script.Enqueue(new ScanProgress.Refused("cannot read this"));
        var intake = await world.RequestAsync();
        await world.RunAsync(intake.Id, IntakeState.Faulted);

        await world.Desk.RetryAsync(intake.Id, IntakeWorld.Adam, CancellationToken.None);

        await world.RunAsync(intake.Id, IntakeState.AwaitingApproval);
        Assert.Equal(2, world.Scanner.Submissions);
    }

    [Fact]
    public async Task Request_UnknownScope_IsRefused()
    {
        await using var world = await IntakeWorld.CreateAsync();

        var result = await world.Desk.RequestAsync(new IntakeRequest(Scope.Parse("fabrikam").Value, IntakeWorld.Image, IntakeWorld.Rita), CancellationToken.None);

        Assert.Equal("scope-unknown", result.Error.Code);
        Assert.Equal(0, world.Queue.Count);
    }

    [Fact]
    public async Task Request_SameKey_GivesTheSameIntake_AndAnotherRequestUnderItIsRefused()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var first = await world.RequestAsync(key: "k1");
        var again = await world.RequestAsync(key: "k1");
        var other = await world.Desk.RequestAsync(
            new IntakeRequest(IntakeWorld.Scope, ImageReference.Parse("ghcr.io/shop/other:1").Value, IntakeWorld.Rita, IdempotencyKey: "k1"),
            CancellationToken.None);
        var someoneElse = await world.RequestAsync(ImageReference.Parse("ghcr.io/shop/other:1").Value, IntakeWorld.Adam, "k1");

        Assert.Equal(first.Id, again.Id);
        Assert.Equal("idempotency-key-reused", other.Error.Code);
        Assert.NotEqual(first.Id, someoneElse.Id);
    }

    [Fact]
    public async Task Request_KeyThatMetAStandingIntake_MeansThatOneForEver()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var image = IntakeWorld.Image.WithDigest(Digest.OfBytes("x"u8));
        var first = await world.AwaitingAsync(image);
        Assert.Equal(first.Id, (await world.RequestAsync(image, key: "k2")).Id);
        await world.Desk.RejectAsync(first.Id, IntakeWorld.Adam, "no", CancellationToken.None);

        Assert.Equal(first.Id, (await world.RequestAsync(image, key: "k2")).Id);
        Assert.NotEqual(first.Id, (await world.RequestAsync(image, key: "k3")).Id);
    }

    [Fact]
    public async Task Request_SameTagBeforeItIsResolved_GivesTheStandingIntake()
    {
        await using var world = await IntakeWorld.CreateAsync();

        Assert.Equal((await world.RequestAsync()).Id, (await world.RequestAsync(by: IntakeWorld.Adam)).Id);
    }

    [Fact]
    public async Task Request_SameDigestInTheSameScope_GivesTheLiveIntake_UntilItIsRefused()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var image = IntakeWorld.Image.WithDigest(Digest.OfBytes("x"u8));
        var first = await world.AwaitingAsync(image);
        Assert.Equal(first.Id, (await world.RequestAsync(image)).Id);

        await world.Desk.RejectAsync(first.Id, IntakeWorld.Adam, "not needed", CancellationToken.None);

        Assert.NotEqual(first.Id, (await world.RequestAsync(image)).Id);
    }

    [Fact]
    public async Task Approve_OwnRequest_IsRefused_AndAllowedWherePolicySaysSo()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var intake = await world.AwaitingAsync();

        var refused = await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Rita, null, CancellationToken.None);
        Assert.Equal(("approval-own-request", ErrorKind.Forbidden), (refused.Error.Code, refused.Error.Kind));

        world.Policy.Approval = new ApprovalDemand(1, SeparationOfDuties: false, null);
        var other = await world.AwaitingAsync(ImageReference.Parse("ghcr.io/shop/other:1").Value);
        Assert.True((await world.Desk.ApproveAsync(other.Id, IntakeWorld.Rita, null, CancellationToken.None)).IsOk);
    }

    [Fact]
    public async Task Approve_TwoNeeded_TakesTwoPeopleAndNobodyTwice()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Policy.Approval = new ApprovalDemand(2, SeparationOfDuties: true, null);
        var intake = await world.AwaitingAsync();

        var one = await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);
        var same = await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);
        var two = await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Eve, null, CancellationToken.None);
        var late = await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);

        Assert.Equal(IntakeState.AwaitingApproval, one.Value.State);
        Assert.Equal("approval-twice", same.Error.Code);
        Assert.Equal(IntakeState.Approved, two.Value.State);
        Assert.Equal("approval-twice", late.Error.Code);
    }

    [Fact]
    public async Task Approve_BeforeTheVerdict_IsRefused()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var intake = await world.RequestAsync();

        Assert.Equal("intake-state", (await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None)).Error.Code);
        Assert.Equal("intake-unknown", (await world.Desk.ApproveAsync("nobody", IntakeWorld.Adam, null, CancellationToken.None)).Error.Code);
    }

    [Fact]
    public async Task Approve_NoApprovalNeeded_GoesStraightThrough()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Policy.Approval = new ApprovalDemand(0, true, null);
        var intake = await world.RequestAsync();

        Assert.Empty((await world.RunAsync(intake.Id, IntakeState.Released)).Approvals);
    }

    [Fact]
    public async Task Reject_WithoutAComment_IsRefused_WithOneItSettles()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var intake = await world.AwaitingAsync();

        Assert.Equal("comment-missing", (await world.Desk.RejectAsync(intake.Id, IntakeWorld.Adam, " ", CancellationToken.None)).Error.Code);
        Assert.Equal(IntakeState.Rejected, (await world.Desk.RejectAsync(intake.Id, IntakeWorld.Adam, "no", CancellationToken.None)).Value.State);
    }

    [Fact]
    public async Task AddReport_CriticalFindingWhileAwaitingApproval_RefusesTheIntake()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var intake = await world.AwaitingAsync();
        world.Scanner.Worst = Severity.Critical;

        var filed = await world.Desk.AddReportAsync(intake.Id, IntakeWorld.Eve, world.Scanner.ReportOf(intake.Candidate!.Digest), CancellationToken.None);

        Assert.Equal(IntakeState.Assessing, filed.Value.State);
        await world.RunAsync(intake.Id, IntakeState.Refused);
    }

    [Fact]
    public async Task AddReport_PushedForAScannerNobodyRuns_IsWhatTheVerdictWaitedFor()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Policy.Scanners.Clear();
        world.Policy.Scanners.Add("pushed");
        var intake = await world.RequestAsync();
        await world.RunAsync(intake.Id, IntakeState.Assessing);

        await world.Desk.AddReportAsync(intake.Id, IntakeWorld.Eve, new FakeScanner("pushed").ReportOf(null), CancellationToken.None);

        await world.RunAsync(intake.Id, IntakeState.AwaitingApproval);
    }

    [Fact]
    public async Task AddReport_AboutAnotherImage_OrFromAnUnwantedScanner_IsRefused()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var intake = await world.AwaitingAsync();

        var other = await world.Desk.AddReportAsync(intake.Id, IntakeWorld.Eve, world.Scanner.ReportOf(Digest.OfBytes("other"u8)), CancellationToken.None);
        var unwanted = await world.Desk.AddReportAsync(intake.Id, IntakeWorld.Eve, new FakeScanner("grype").ReportOf(null), CancellationToken.None);

        Assert.Equal("report-other-image", other.Error.Code);
        Assert.Equal("report-unwanted", unwanted.Error.Code);
        Assert.Equal(["trivy"], unwanted.Error.Allowed);
    }

    [Fact]
    public async Task List_FiltersByScopeAndState_AndPagesNewestFirst()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await world.RequestAsync(ImageReference.Parse($"ghcr.io/shop/app{i}:1").Value)).Id);
            world.Clock.Advance(TimeSpan.FromMilliseconds(5));
        }

        await world.RunAsync(ids[2], IntakeState.AwaitingApproval);
        await world.Desk.RejectAsync(ids[2], IntakeWorld.Adam, "no", CancellationToken.None);

        var first = (await world.Desk.ListAsync(new IntakeFilter(Take: 3), CancellationToken.None)).Value;
        var rest = (await world.Desk.ListAsync(new IntakeFilter(Take: 3, Continuation: first.Continuation), CancellationToken.None)).Value;
        var rejected = (await world.Desk.ListAsync(new IntakeFilter(State: IntakeState.Rejected), CancellationToken.None)).Value;
        var elsewhere = (await world.Desk.ListAsync(new IntakeFilter(Within: Scope.Parse("contoso/other").Value), CancellationToken.None)).Value;

        Assert.Equal(Enumerable.Reverse(ids), first.Intakes.Concat(rest.Intakes).Select(intake => intake.Id));
        Assert.Equal(ids[2], Assert.Single(rejected.Intakes).Id);
        Assert.Empty(elsewhere.Intakes);
        Assert.Equal("continuation-malformed", (await world.Desk.ListAsync(new IntakeFilter(Continuation: "x/y"), CancellationToken.None)).Error.Code);
    }
}
