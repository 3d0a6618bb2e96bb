using System.Diagnostics.Metrics;
using System.Globalization;
using Gatehouse.Core.Images;
using Gatehouse.Core.Telemetry;
using Gatehouse.Registry.Client;
using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Registry.Tests.Http;

public sealed class RetryTests
{
    private static readonly (string Name, string Value)[] Ok = RegistryFixture.ManifestHeaders(RegistryFixture.Manifest());

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Head_TransientStatus_IsTriedAgain(int status)
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", status) with { Times = 2 }, ScriptStep.Reply("HEAD", "*", 200, Ok));
        Assert.True((await HeadAsync(fixture)).IsOk);
        Assert.Equal(3, fixture.Server.Requests.Count);
        Assert.InRange(fixture.Clock.Waits[0], TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500));
        Assert.InRange(fixture.Clock.Waits[1], TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(1000));
    }

    [Fact]
    public async Task Head_ConnectionReset_IsTriedAgain()
    {
        await using var fixture = await RegistryFixture.StartAsync(new ScriptStep("HEAD", "*") { Fail = true, Times = 1 }, ScriptStep.Reply("HEAD", "*", 200, Ok));
        Assert.True((await HeadAsync(fixture)).IsOk);
        Assert.Equal(2, fixture.Server.Requests.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(413)]
    [InlineData(501)]
    public async Task Get_OtherStatus_IsFinal(int status)
    {
        await using var fixture = await RegistryFixture.StartAsync(new ScriptStep("GET", "*") { Status = status });
        Assert.False((await fixture.Client.GetManifestAsync("app", "v1", TestContext.Current.CancellationToken)).IsOk);
        Assert.Single(fixture.Server.Requests);
    }

    [Fact]
    public async Task Head_RetryAfterSeconds_IsHonoured()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", 429, ("Retry-After", "7")) with { Times = 1 }, ScriptStep.Reply("HEAD", "*", 200, Ok));
        Assert.True((await HeadAsync(fixture)).IsOk);
        Assert.Equal([TimeSpan.FromSeconds(7)], fixture.Clock.Waits);
    }

    [Fact]
    public async Task Head_RetryAfterDate_IsHonoured()
    {
        await using var fixture = await RegistryFixture.StartAsync();
        var date = fixture.Clock.GetUtcNow().AddSeconds(9).ToString("r", CultureInfo.InvariantCulture);
        fixture.Server.Add(ScriptStep.Reply("HEAD", "*", 503, ("Retry-After", date)) with { Times = 1 }, ScriptStep.Reply("HEAD", "*", 200, Ok));
        Assert.True((await HeadAsync(fixture)).IsOk);
        Assert.Equal([TimeSpan.FromSeconds(9)], fixture.Clock.Waits);
    }

    /// <summary>Both dates are by the registry's clock, so ours may be off by as much as we believe one to be.</summary>
    [Theory]
    [InlineData(-300)]
    [InlineData(300)]
    public async Task Head_RetryAfterDateByAnotherClock_IsPutRightByTheRegistrysOwn(int oursAhead)
    {
        await using var fixture = await RegistryFixture.StartAsync();
        var theirs = fixture.Clock.GetUtcNow().AddSeconds(-oursAhead);
        fixture.Server.Add(Busy(theirs, theirs.AddSeconds(9)) with { Times = 1 }, ScriptStep.Reply("HEAD", "*", 200, Ok));
        Assert.True((await HeadAsync(fixture)).IsOk);
        Assert.Equal([TimeSpan.FromSeconds(9)], fixture.Clock.Waits);
    }

    [Theory]
    [InlineData(-400, 409)]
    [InlineData(-100_000, 3600)]
    public async Task Head_RetryAfterDateByAClockFarOff_IsByOursAndAnHourAtMost(int oursAhead, int expected)
    {
        await using var fixture = await RegistryFixture.StartAsync();
        var theirs = fixture.Clock.GetUtcNow().AddSeconds(-oursAhead);
        fixture.Server.Add(Busy(theirs, theirs.AddSeconds(9)));
        Assert.Equal(TimeSpan.FromSeconds(expected), (await HeadAsync(fixture)).Failure.RetryAfter);
    }

    [Fact]
    public async Task Head_RetryAfterADay_IsAnHour()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", 429, ("Retry-After", "86400")));
        Assert.Equal(TimeSpan.FromHours(1), (await HeadAsync(fixture)).Failure.RetryAfter);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-30)]
    public async Task Head_RetryAfterDateThatIsOver_LeavesTheBackoff(int seconds)
    {
        await using var fixture = await RegistryFixture.StartAsync();
        var now = fixture.Clock.GetUtcNow();
        fixture.Server.Add(Busy(now, now.AddSeconds(seconds)));
        Assert.Null((await HeadAsync(fixture)).Failure.RetryAfter);
        Assert.InRange(fixture.Clock.Waits[0], TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task Head_RetryAfterBeyondTheCap_FailsAtOnceAndSaysHowLong()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", 429, ("Retry-After", "3600")));
        var failure = (await HeadAsync(fixture)).Failure;
        Assert.Equal(RegistryFailureKind.Throttled, failure.Kind);
        Assert.Equal(TimeSpan.FromHours(1), failure.RetryAfter);
        Assert.Single(fixture.Server.Requests);
    }

    [Fact]
    public async Task Head_DyingHost_GetsRetriesOnlyWithinTheBudget()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", 503));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(RegistryFailureKind.Unavailable, (await HeadAsync(fixture)).Failure.Kind);
        }

        // 100 calls, the burst of 10 and a tenth of what the calls paid in after it was touched.
        Assert.InRange(fixture.Server.Requests.Count, 110, 121);
    }

    [Fact]
    public async Task Head_Timeout_IsUnavailable()
    {
        var never = new TaskCompletionSource();
        await using var fixture = await RegistryFixture.StartAsync();
        fixture.Server.Add(new ScriptStep("GET", "*") { Body = new byte[10], FailAfter = 5, FailWhen = never.Task, Headers = [("Content-Type", MediaTypes.OciManifest)] });
        var call = fixture.Client.GetManifestAsync("app", "v1", TestContext.Current.CancellationToken);
        while (fixture.Server.Requests.Count == 0)
        {
            await Task.Yield();
        }

        fixture.Clock.Fire(fixture.Options.RequestTimeout);
        var failure = (await call).Failure;
        never.SetResult();
        Assert.Equal(RegistryFailureKind.Unavailable, failure.Kind);
        Assert.Equal("timed out", failure.Message);
    }

    [Fact]
    public async Task Head_Cancelled_Throws()
    {
        await using var fixture = await RegistryFixture.StartAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Client.HeadManifestAsync("app", "v1", cancelled.Token));
    }

    [Fact]
    public async Task Head_NobodyThere_IsUnavailable()
    {
        await using var fixture = await RegistryFixture.StartAsync();
        var gone = await ScriptedServer.StartAsync();
        await gone.DisposeAsync();
        Assert.Equal(RegistryFailureKind.Unavailable, (await fixture.Factory.Create(gone.Host).HeadManifestAsync("app", "v1", TestContext.Current.CancellationToken)).Failure.Kind);
    }

    [Fact]
    public async Task Requests_EachOne_IsCounted()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", 503) with { Times = 1 }, ScriptStep.Reply("HEAD", "*", 200, Ok));
        var seen = new List<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => Enable(instrument, self) };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            var all = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value?.ToString());
            if (all["host"] == fixture.Server.Host)
            {
                lock (seen)
                {
                    seen.Add($"{all["method"]} {all["status"]} {value}");
                }
            }
        });
        listener.Start();
        await HeadAsync(fixture);
        Assert.Equal(["HEAD 503 1", "HEAD 200 1"], seen);

        static void Enable(Instrument instrument, MeterListener self)
        {
            if (instrument.Meter == GatehouseMeter.Meter && instrument.Name == "gatehouse.registry.requests")
            {
                self.EnableMeasurementEvents(instrument);
            }
        }
    }

    private static Task<RegistryResult<ManifestHead>> HeadAsync(RegistryFixture fixture) =>
        fixture.Client.HeadManifestAsync("app", "v1", TestContext.Current.CancellationToken);

    private static ScriptStep Busy(DateTimeOffset date, DateTimeOffset until) =>
        ScriptStep.Reply("HEAD", "*", 503, ("Date", date.ToString("r", CultureInfo.InvariantCulture)), ("Retry-After", until.ToString("r", CultureInfo.InvariantCulture)));
}
