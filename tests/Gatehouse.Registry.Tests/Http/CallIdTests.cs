using System.Diagnostics.Metrics;
using Gatehouse.Core.Telemetry;
using Gatehouse.Registry.Auth;
using Gatehouse.Registry.Client;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Logs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gatehouse.Registry.Tests.Http;

/// <summary>Registries of the estate are sent an id with every call; every registry's own id is kept.</summary>
public sealed class CallIdTests
{
    private const string Header = "x-ms-client-request-id";
    private const string Theirs = "6b5a4c32-0000-4000-8000-000000000000";

    private static readonly (string Name, string Value)[] Ok = RegistryFixture.ManifestHeaders(RegistryFixture.Manifest());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_OfTheEstate_SendsOneIdForAllItsTriesAndAnotherForTheNext()
    {
        await using var fixture = await OursAsync(NullLogger.Instance, ScriptStep.Reply("HEAD", "*", 503) with { Times = 1 }, ScriptStep.Reply("HEAD", "*", 200, Ok));

        Assert.True((await HeadAsync(fixture)).IsOk);
        Assert.True((await HeadAsync(fixture)).IsOk);

        var ids = fixture.Server.Requests.Select(request => request.Header(Header)).ToList();
        Assert.Equal(3, ids.Count);
        Assert.All(ids, id => Assert.True(Guid.TryParse(id, out _), id));
        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[1], ids[2]);
    }

    [Fact]
    public async Task Call_ToAnUpstream_SendsNone()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", 200, Ok));
        Assert.True((await HeadAsync(fixture)).IsOk);
        Assert.Null(fixture.Server.Requests.Single().Header(Header));
    }

    [Fact]
    public async Task Redirect_ToAnotherHost_LeavesTheIdBehind()
    {
        await using var storage = await ScriptedServer.StartAsync(ScriptStep.Get("/stored", RegistryFixture.Manifest(), [.. Ok]));
        await using var fixture = await OursAsync(NullLogger.Instance, ScriptStep.Reply("GET", "*", 307, ("Location", $"{storage.BaseUri}stored")));

        Assert.True((await fixture.Client.GetManifestAsync("app", "v1", Cancel)).IsOk);

        Assert.NotNull(fixture.Server.Requests.Single().Header(Header));
        Assert.Null(storage.Requests.Single().Header(Header));
    }

    [Theory]
    [InlineData("X-Ms-Correlation-Request-Id")]
    [InlineData("X-Request-Id")]
    [InlineData("X-GitHub-Request-Id")]
    [InlineData("x-amzn-RequestId")]
    public async Task Failure_KeepsTheServicesId(string name)
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", 403, (name, Theirs)));

        var failure = (await HeadAsync(fixture)).Failure;

        Assert.Equal((Theirs, null), (failure.RequestId, failure.ClientRequestId));
        Assert.EndsWith($"answered 403 (request {Theirs})", failure.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("answered 403", failure.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("129")]
    public async Task Failure_WithWhatIsNoId_KeepsNone(string id)
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("HEAD", "*", 403, ("X-Request-Id", id == "129" ? new string('x', 129) : id)));
        Assert.Null((await HeadAsync(fixture)).Failure.RequestId);
    }

    [Fact]
    public async Task Failure_OfTheEstate_IsLoggedWithBothIds()
    {
        using var logs = new RecordingLogs();
        await using var fixture = await OursAsync(logs.CreateLogger("registry"), ScriptStep.Reply("HEAD", "*", 429, ("Retry-After", "3600"), ("X-Ms-Correlation-Request-Id", Theirs)));

        var failure = (await HeadAsync(fixture)).Failure;

        var (_, text) = Assert.Single(logs.Entries, entry => entry.Id == 1414);
        Assert.Contains($"(client request {fixture.Server.Requests.Single().Header(Header)}, request {Theirs})", text, StringComparison.Ordinal);
        Assert.Contains($"(client request {failure.ClientRequestId}, request {Theirs})", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(405)]
    public async Task Answer_ThatIsNoFaultOfTheService_IsNotLogged(int status)
    {
        using var logs = new RecordingLogs();
        await using var fixture = await OursAsync(logs.CreateLogger("registry"), ScriptStep.Reply("*", "*", status));
        Assert.False((await HeadAsync(fixture)).IsOk);
        Assert.DoesNotContain(logs.Entries, entry => entry.Id == 1414);
    }

    [Theory]
    [InlineData("166.65", true, 166.65)]
    [InlineData("0", true, 0.0)]
    [InlineData("-1", true, null)]
    [InlineData("many", true, null)]
    [InlineData("166.65", false, null)]
    public async Task Remaining_IsMeasuredForTheEstateOnly(string value, bool ours, double? expected)
    {
        ScriptStep[] steps = [ScriptStep.Reply("HEAD", "*", 200, [.. Ok, ("x-ms-ratelimit-remaining-calls-per-second", value)])];
        await using var fixture = ours ? await OursAsync(NullLogger.Instance, steps) : await RegistryFixture.StartAsync(steps);
        var measured = new List<(string? Class, double Value)>();
        using var listener = new MeterListener { InstrumentPublished = Enable };
        listener.SetMeasurementEventCallback<double>((_, remaining, tags, _) =>
        {
            var all = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value?.ToString());
            if (all["host"] == fixture.Server.Host)
            {
                lock (measured)
                {
                    measured.Add((all["class"], remaining));
                }
            }
        });
        listener.Start();

        Assert.True((await HeadAsync(fixture)).IsOk);

        Assert.Equal(expected is { } number ? [("read", number)] : [], measured);

        static void Enable(Instrument instrument, MeterListener self)
        {
            if (instrument.Meter == GatehouseMeter.Meter && instrument.Name == "gatehouse.registry.remaining")
            {
                self.EnableMeasurementEvents(instrument);
            }
        }
    }

    private static Task<RegistryFixture> OursAsync(ILogger log, params ScriptStep[] steps) => RegistryFixture.StartAsync([new Nobody()], log, steps);

    private static Task<RegistryResult<ManifestHead>> HeadAsync(RegistryFixture fixture) => fixture.Client.HeadManifestAsync("app", "v1", Cancel);

    /// <summary>What makes a host one of the estate's is an authenticator of its own.</summary>
    private sealed class Nobody : IRegistryAuthenticator
    {
        public bool Handles(string host) => true;

        public Task<RegistryResult<AuthGrant>> AuthenticateAsync(AuthDemand demand, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
