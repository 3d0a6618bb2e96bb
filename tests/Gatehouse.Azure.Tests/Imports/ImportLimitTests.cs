using System.Text;
using Gatehouse.Azure.Imports;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.Core.Estate;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Azure.Tests.Imports;

/// <summary>An import holds its place in its registry from its start until it is seen to have ended, not only while it is ordered.</summary>
public sealed class ImportLimitTests : IAsyncLifetime
{
    private const int Limit = 2;

    private readonly ManualTimeProvider _clock = new();
    private readonly Dictionary<string, (int Status, string Body)> _answers = [];
    private ScriptedServer _server = null!;
    private ArmImageImporter _importer = null!;
    private int _started;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static RegistryDefinition Other { get; } = ImportRig.Registry with { Name = "fabrikam", ResourceId = ImportRig.ResourceId.Replace("contoso", "fabrikam", StringComparison.Ordinal) };

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync(
            new ScriptStep("POST", "*") { Answer = _ => Accept() },
            new ScriptStep("GET", "*") { Answer = request => Tell(request.Path) });
        _importer = Create();
    }

    public async ValueTask DisposeAsync()
    {
        _importer.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Start_RegistryIsFull_IsNotStartedAndAsksNobody()
    {
        await StartAsync();
        await StartAsync();

        var full = Assert.IsType<ImportProgress.Failed>(await _importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel));

        Assert.Equal(("imports-full", true, true, false), (full.Code, full.Retryable, full.NotStarted, full.StillRuns));
        Assert.Equal(TimeSpan.FromSeconds(10), full.RetryAfter);
        Assert.Equal(2, _server.Requests.Count);
    }

    /// <summary>Told the same, they would come together, and a place that becomes free would wait for all of them.</summary>
    [Fact]
    public async Task Start_ManyThatFindItFull_ComeAgainAtDifferentTimes()
    {
        await FillAsync();

        var waits = new List<TimeSpan>();
        for (var i = 0; i < 16; i++)
        {
            waits.Add(Assert.IsType<ImportProgress.Failed>(await _importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel)).RetryAfter!.Value);
        }

        Assert.Equal(16, waits.Distinct().Count());
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Start_OneRegistryIsFull_TheOtherTakesItsOwn()
    {
        await FillAsync();

        await StartAsync(Other);
        await StartAsync(Other);

        Assert.False(await GoesAsync(Other));
    }

    [Theory]
    [InlineData(200, "", false)]
    [InlineData(204, "", false)]
    [InlineData(404, "", false)]
    [InlineData(500, """{"error":{"code":"InternalServerError","message":"The import was interrupted; start it again."}}""", false)]
    [InlineData(202, "", true)]
    [InlineData(503, "", true)]
    [InlineData(429, """{"error":{"code":"TooManyRequests","message":"wait"}}""", true)]
    public async Task Poll_GivesThePlaceBackWhenTheImportHasEnded(int status, string body, bool stillHeld)
    {
        var first = await StartAsync();
        await StartAsync();
        _answers[first] = (status, body);

        await _importer.PollAsync(ImportRig.Registry, first, Cancel);

        Assert.Equal(!stillHeld, await GoesAsync(ImportRig.Registry));
    }

    [Fact]
    public async Task Poll_ImportMovedElsewhere_HoldsOnePlaceOnly()
    {
        var first = await StartAsync();
        _answers[first] = (202, "moved");

        var moved = Assert.IsType<ImportProgress.Running>(await _importer.PollAsync(ImportRig.Registry, first, Cancel));
        await StartAsync();
        Assert.False(await GoesAsync(ImportRig.Registry));
        _answers[moved.Location] = (200, string.Empty);
        await _importer.PollAsync(ImportRig.Registry, moved.Location, Cancel);

        Assert.True(await GoesAsync(ImportRig.Registry));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(503)]
    [InlineData(200)]
    public async Task Start_NothingGoesOnAfterIt_HoldsNoPlace(int status)
    {
        await using var server = await ScriptedServer.StartAsync(new ScriptStep("POST", "*") { Status = status, Times = 3 }, new ScriptStep("POST", "*") { Answer = _ => Accept() });
        using var importer = ImportRig.Create(new RewritingHandler(server.BaseUri), new StubCredential(), concurrency: 1, retries: 0, clock: _clock);
        for (var i = 0; i < 3; i++)
        {
            Assert.IsNotType<ImportProgress.Running>(await importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel));
        }

        Assert.IsType<ImportProgress.Running>(await importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel));
    }

    /// <summary>Accepted without saying where to ask, or with an address that the token must not go to.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("https://elsewhere.example/operations/1")]
    public async Task Start_AcceptedAndNobodyCanAsk_HoldsAPlaceUntilTheLeaseEnds(string? location)
    {
        (string, string)[] headers = location is null ? [] : [("Location", location)];
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply("POST", "*", 202, headers) with { Times = 1 }, new ScriptStep("POST", "*") { Answer = _ => Accept() });
        using var importer = ImportRig.Create(new RewritingHandler(server.BaseUri), new StubCredential(), concurrency: 1, retries: 0, clock: _clock);

        Assert.False(Assert.IsType<ImportProgress.Failed>(await importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel)).Waits);
        Assert.True(Assert.IsType<ImportProgress.Failed>(await importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel)).Waits);
        _clock.Advance(TimeSpan.FromMinutes(3));
        Assert.IsType<ImportProgress.Running>(await importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel));
    }

    /// <summary>The data plane may settle what the service will not tell: a place must not be taken for as long as the service wants to be left alone.</summary>
    [Fact]
    public async Task Lease_OfAnImportThatCannotBeAskedAbout_EndsWithTheLeaseAlone()
    {
        var first = await StartAsync();
        await StartAsync();
        _answers[first] = (429, """{"error":{"code":"TooManyRequests","message":"wait"}}""");
        await _importer.PollAsync(ImportRig.Registry, first, Cancel);

        _clock.Advance(TimeSpan.FromMinutes(3));

        Assert.True(await GoesAsync(ImportRig.Registry));
        Assert.False(await GoesAsync(ImportRig.Registry));
    }

    /// <summary>The service asks for 60 seconds, the lease is 3 minutes.</summary>
    [Fact]
    public async Task Lease_OfAnImportNobodyAsksAbout_RunsOut()
    {
        await FillAsync();
        _clock.Advance(TimeSpan.FromSeconds(239));
        Assert.False(await GoesAsync(ImportRig.Registry));

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await GoesAsync(ImportRig.Registry));
    }

    [Fact]
    public async Task Lease_OfAnImportThatIsAskedAbout_GoesOn()
    {
        string[] running = [await StartAsync(), await StartAsync()];
        for (var minute = 0; minute < 60; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            foreach (var location in running)
            {
                Assert.IsType<ImportProgress.Running>(await _importer.PollAsync(ImportRig.Registry, location, Cancel));
            }
        }

        Assert.False(await GoesAsync(ImportRig.Registry));
    }

    [Fact]
    public async Task Restart_ImportsFollowedAfterIt_TakeTheirPlacesAgain()
    {
        string[] running = [await StartAsync(), await StartAsync()];
        using var restarted = Create();
        foreach (var location in running)
        {
            await restarted.PollAsync(ImportRig.Registry, location, Cancel);
        }

        Assert.True(Assert.IsType<ImportProgress.Failed>(await restarted.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel)).NotStarted);

        _answers[running[0]] = (200, string.Empty);
        await restarted.PollAsync(ImportRig.Registry, running[0], Cancel);
        Assert.IsType<ImportProgress.Running>(await restarted.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel));
    }

    [Fact]
    public async Task Start_ManyTogether_OrdersAsManyAsThereArePlaces()
    {
        var progress = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _importer.StartAsync(ImportRig.Registry, ImportRig.Request(), Cancel)));

        Assert.Equal((Limit, 20 - Limit), (progress.Count(one => one is ImportProgress.Running), progress.Count(one => one is ImportProgress.Failed { NotStarted: true })));
        Assert.Equal(Limit, _started);
    }

    private ArmImageImporter Create() => ImportRig.Create(new RewritingHandler(_server.BaseUri), new StubCredential(), concurrency: Limit, retries: 0, clock: _clock);

    private async Task FillAsync()
    {
        for (var i = 0; i < Limit; i++)
        {
            await StartAsync();
        }
    }

    private async Task<string> StartAsync(RegistryDefinition? registry = null) =>
        Assert.IsType<ImportProgress.Running>(await _importer.StartAsync(registry ?? ImportRig.Registry, ImportRig.Request(), Cancel)).Location;

    private async Task<bool> GoesAsync(RegistryDefinition registry) => await _importer.StartAsync(registry, ImportRig.Request(), Cancel) is ImportProgress.Running;

    private ScriptStep Accept() => ScriptStep.Reply("POST", "*", 202, ("Location", Url($"/operations/{Interlocked.Increment(ref _started)}")), ("Retry-After", "60"));

    private ScriptStep Tell(string path)
    {
        var (status, body) = _answers.GetValueOrDefault(Url(path), (202, string.Empty));
        return body == "moved"
            ? ScriptStep.Reply("GET", "*", 202, ("Location", Url("/moved")), ("Retry-After", "60"))
            : new ScriptStep("GET", "*") { Status = status, Body = Encoding.UTF8.GetBytes(body), Headers = [("Retry-After", "60")] };
    }

    private static string Url(string path) => $"https://management.azure.com{path}?api-version=2025-11-01";
}
