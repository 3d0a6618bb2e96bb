using System.Diagnostics.Metrics;
using Gatehouse.Azure.Arm.Budget;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Telemetry;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Azure.Tests.Arm.Budget;

/// <summary>Counts what reaches the service.</summary>
public class ArmBudgetPolicyTests
{
    private const string Replica = ArmRig.Id + "/replications/northeurope";
    private const string Body = """{"id":"/x","name":"contoso","properties":{"loginServer":"contoso.azurecr.io"}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Storm_FirstRefusal_StopsEveryCallOfItsClassUntilItIsOver()
    {
        await using var rig = await ArmRig.StartAsync(ArmRig.Answer("GET", ArmRig.Id, 429, """{"error":{"code":"SubscriptionRequestsThrottled","message":"slow"}}""", ("Retry-After", "40")) with { Times = 1 }, ScriptStep.Get(ArmRig.Id, Body));
        var first = await FailAsync(rig);
        rig.Clock.Advance(TimeSpan.FromSeconds(15));

        var storm = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => FailAsync(rig)));

        Assert.Equal(("SubscriptionRequestsThrottled", TimeSpan.FromSeconds(40)), (first.Code, first.RetryAfter));
        Assert.All(storm, failure => Assert.Equal(("arm-budget-exhausted", 429, true, TimeSpan.FromSeconds(25)), (failure.Code, failure.Status, failure.IsTransient, failure.RetryAfter)));
        Assert.Single(rig.Server.Requests);
        Assert.Equal(50, rig.Logs.Entries.Count(entry => entry.Event == "BudgetExhausted"));

        rig.Clock.Advance(TimeSpan.FromSeconds(25));
        Assert.True((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).IsOk);
        Assert.Equal(2, rig.Server.Requests.Count);
    }

    [Fact]
    public async Task Storm_OtherClassesAndSubscriptions_GoOn()
    {
        var other = ArmRig.Registry with { ResourceId = ArmRig.Id.Replace(ArmRig.Subscription, "99999999-2222-3333-4444-555555555555", StringComparison.Ordinal) };
        await using var rig = await ArmRig.StartAsync(
            ArmRig.Answer("GET", ArmRig.Id, 429, string.Empty, ("Retry-After", "300")),
            ArmRig.Answer("PATCH", Replica, 200),
            ArmRig.Answer("DELETE", Replica, 204),
            ScriptStep.Get(other.ResourceId, Body));
        await FailAsync(rig);

        Assert.IsType<ControlProgress.Done>(await rig.Replications.SetRoutingAsync(ArmRig.Registry, "northeurope", true, Cancel));
        Assert.IsType<ControlProgress.Done>(await rig.Replications.DeleteAsync(ArmRig.Registry, "northeurope", Cancel));
        Assert.True((await rig.Registries.GetAsync(other, Cancel)).IsOk);
        Assert.Equal("arm-budget-exhausted", (await FailAsync((rig, ArmRig.Registry with { ResourceId = ArmRig.Id.Replace("subscriptions/", "SUBSCRIPTIONS/", StringComparison.Ordinal) }))).Code);
    }

    [Fact]
    public async Task Short_Wait_IsWaitedForAndThenSent()
    {
        await using var rig = await ArmRig.StartAsync(new StubCredential(), null, budget => (budget.ReadBurst, budget.ReadsPerSecond) = (2, 0.5), ScriptStep.Get(ArmRig.Id, Body));
        await Task.WhenAll(rig.Registries.GetAsync(ArmRig.Registry, Cancel), rig.Registries.GetAsync(ArmRig.Registry, Cancel));

        var third = rig.Registries.GetAsync(ArmRig.Registry, Cancel);
        await WaitingAsync(rig, 1);
        rig.Clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(2, rig.Server.Requests.Count);
        rig.Clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True((await third).IsOk);
        Assert.Equal(3, rig.Server.Requests.Count);
    }

    [Fact]
    public async Task Short_WaitOverAndOthersWereFaster_WaitsOnWithinTheLimit()
    {
        await using var rig = await ArmRig.StartAsync(new StubCredential(), options => options.MaxRetryDelay = TimeSpan.FromSeconds(5), budget => (budget.ReadBurst, budget.ReadsPerSecond) = (1, 0.5), ScriptStep.Get(ArmRig.Id, Body));
        await rig.Registries.GetAsync(ArmRig.Registry, Cancel);

        var crowd = Enumerable.Range(0, 3).Select(_ => rig.Registries.GetAsync(ArmRig.Registry, Cancel)).ToList();
        await WaitingAsync(rig, 3);
        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        await Task.WhenAny(crowd);
        await WaitingAsync(rig, 2);
        rig.Clock.Advance(TimeSpan.FromSeconds(2));

        // One goes each time; the last would have to wait beyond the limit.
        var results = await Task.WhenAll(crowd);
        Assert.Equal(2, results.Count(result => result.IsOk));
        Assert.Equal("arm-budget-exhausted", results.Single(result => !result.IsOk).Error.Code);
        Assert.Equal(3, rig.Server.Requests.Count);
    }

    [Theory]
    [InlineData("x-ms-ratelimit-remaining-subscription-reads")]
    [InlineData("x-ms-ratelimit-remaining-subscription-resource-requests")]
    [InlineData("x-ms-ratelimit-remaining-tenant-reads")]
    public async Task Learn_HeaderThatLeavesNothing_HoldsBackTheNext(string header)
    {
        await using var rig = await ArmRig.StartAsync(new StubCredential(), null, budget => budget.ReadsPerSecond = 0.01, ScriptStep.Get(ArmRig.Id, Body, (header, "0")));
        Assert.True((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).IsOk);

        Assert.Equal(TimeSpan.FromSeconds(100), (await FailAsync(rig)).RetryAfter);
        Assert.Single(rig.Server.Requests);
    }

    [Theory]
    [InlineData("x-ms-ratelimit-remaining-subscription-writes", "0")]
    [InlineData("x-ms-ratelimit-remaining-subscription-reads", "11999")]
    [InlineData("x-ms-ratelimit-remaining-subscription-reads", "none")]
    public async Task Learn_HeaderOfAnotherClassOrOfPlenty_HoldsBackNothing(string header, string value)
    {
        await using var rig = await ArmRig.StartAsync(new StubCredential(), null, budget => budget.ReadsPerSecond = 0.01, ScriptStep.Get(ArmRig.Id, Body, (header, value)));

        Assert.True((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).IsOk);
        Assert.True((await rig.Registries.GetAsync(ArmRig.Registry, Cancel)).IsOk);
    }

    [Fact]
    public async Task Learn_Remaining_IsMeasured()
    {
        var measured = new List<(string Subscription, string Class, long Value)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == GatehouseMeter.Name && instrument.Name == "gatehouse.arm.remaining")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            lock (measured)
            {
                measured.Add(((string)tags[0].Value!, (string)tags[1].Value!, value));
            }
        });
        listener.Start();
        var own = ArmRig.Registry with { ResourceId = ArmRig.Id.Replace(ArmRig.Subscription, "ABCDEF00-0000-0000-0000-000000000000", StringComparison.Ordinal) };
        await using var rig = await ArmRig.StartAsync(ScriptStep.Get(own.ResourceId, Body, ("x-ms-ratelimit-remaining-subscription-reads", "247")));

        await rig.Registries.GetAsync(own, Cancel);

        lock (measured)
        {
            Assert.Contains(("abcdef00-0000-0000-0000-000000000000", "subscription-reads", 247), measured);
        }
    }

    [Fact]
    public async Task Retries_EachTry_CountsAgainstTheBudget()
    {
        await using var rig = await ArmRig.StartAsync(
            new StubCredential(),
            options => (options.MaxRetries, options.RetryDelay, options.MaxRetryDelay) = (5, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2)),
            budget => (budget.ReadBurst, budget.ReadsPerSecond) = (3, 0.01),
            ArmRig.Answer("GET", ArmRig.Id, 503));

        Assert.Equal("arm-budget-exhausted", (await FailAsync(rig)).Code);
        Assert.Equal(3, rig.Server.Requests.Count);
    }

    [Fact]
    public void Validate_EveryValueOutOfRange_IsNamed()
    {
        var failures = new ArmBudgetOptionsValidator().Validate(null, new ArmBudgetOptions { ReadBurst = 0, WriteBurst = 0, DeleteBurst = 200_000, ReadsPerSecond = 0, WritesPerSecond = -1, DeletesPerSecond = double.PositiveInfinity }).Failures!.ToList();

        Assert.Equal(6, failures.Count);
        Assert.Contains("Gatehouse:Azure:ArmBudget:ReadsPerSecond is '0'; allowed: 0.01 to 10000.", failures);
        Assert.True(new ArmBudgetOptionsValidator().Validate(null, new ArmBudgetOptions()).Succeeded);
    }

    private static Task<ArmFailure> FailAsync(ArmRig rig) => FailAsync((rig, ArmRig.Registry));

    private static async Task<ArmFailure> FailAsync((ArmRig Rig, RegistryDefinition Registry) from) =>
        Assert.IsType<ArmFailure>((await from.Rig.Registries.GetAsync(from.Registry, Cancel)).Error);

    private static Task WaitingAsync(ArmRig rig, int count) => Eventually.NothingIsMissingAsync(
        () => Task.FromResult(rig.Clock.Waiting >= count ? null : $"{rig.Clock.Waiting} of {count} calls wait"), TimeSpan.FromSeconds(30), Cancel);
}
