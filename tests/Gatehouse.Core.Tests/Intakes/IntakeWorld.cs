using Gatehouse.Core.Attestations;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Records;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.Core.Rescans;
using Gatehouse.Core.Scopes;
using Gatehouse.Core.Time;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moq;

namespace Gatehouse.Core.Tests.Intakes;

/// <summary>The whole intake side of Core over the embedded store, with everything outside of it played.</summary>
internal sealed class IntakeWorld : IAsyncDisposable
{
    public static readonly Scope Scope = Scope.Parse("contoso/payments").Value;
    public static readonly ImageReference Image = ImageReference.Parse("ghcr.io/shop/api:1.2").Value;
    public static readonly Actor Rita = new("user:rita", "Rita");
    public static readonly Actor Adam = new("user:adam", "Adam");
    public static readonly Actor Eve = new("user:eve", "Eve");

    private readonly TempDirectory _directory;
    private readonly EmbeddedRecordStore _records;
    private readonly ServiceProvider _services;

    private IntakeWorld(TempDirectory directory, EmbeddedRecordStore records)
    {
        (_directory, _records) = (directory, records);
        Queue = new FakeQueue(Clock, Crash);
        Inbox = new FakeInbox(Crash);
        Registries.ChildOfAll = FakeUpstream.CandidateOf(Image).Platforms[0].Manifest.Digest;
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IEntropy>(new SeededEntropy());
        services.AddSingleton<IRecordStore>(new CrashingStore(records, Crash));
        services.AddSingleton<IWorkQueue>(Queue);
        services.AddSingleton<ILedgerInbox>(Inbox);
        services.AddSingleton<IImageResolver>(Upstream);
        services.AddSingleton<IPolicyProvider>(Policy);
        services.AddSingleton<IScanner>(Scanner);
        services.AddSingleton<IImageImporter>(Registries);
        services.AddSingleton<IReplicaReader>(Registries);
        services.AddSingleton<IRegistryPublisher>(Registries);
        services.AddSingleton<IReferrerReader>(Registries);
        services.AddSingleton<ICheckpointSigner>(Signer);
        services.AddSingleton(Options.Create(new LedgerOptions()));
        services.AddSingleton(Options.Create(Attestations));
        services.AddSingleton(EstateProvider());
        services.AddSingleton(Mock.Of<IEstateMonitor>());
        services.AddSingleton(Released.Object);
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(Options.Create(Settings));
        services.AddSingleton(Options.Create(new RescanOptions()));
        services.AddGatehouseIntakes();
        services.AddGatehouseRescans();
        _services = services.BuildServiceProvider();
        Desk = _services.GetRequiredService<IIntakeDesk>();
        Workflow = _services.GetRequiredService<IIntakeWorkflow>();
        Rescans = _services.GetRequiredService<IRescanService>();
        Expected = _services.GetRequiredService<IExpectedImages>();
    }

    public static EstateMap Estate { get; } = new(
    [
        Registry("hub", "westeurope", "northeurope", "eastus2"),
        Registry("edge", "swedencentral"),
    ]);

    /// <summary>What the workflow is told of the estate.</summary>
    public EstateMap Map { get; set; } = Estate;

    public ManualTimeProvider Clock { get; } = new();

    public Crash Crash { get; } = new();

    public IntakeOptions Settings { get; } = new();

    public FakeQueue Queue { get; }

    public FakeInbox Inbox { get; }

    public FakeUpstream Upstream { get; } = new();

    public FakePolicy Policy { get; } = new(Scope.Parse("contoso").Value);

    public FakeScanner Scanner { get; } = new("trivy");

    public FakeRegistries Registries { get; } = new();

    public FakeSigner Signer { get; } = new();

    public AttestationOptions Attestations { get; } = new();

    public Mock<IReleasedImages> Released { get; } = new();

    public IIntakeDesk Desk { get; }

    public IIntakeWorkflow Workflow { get; }

    public IExpectedImages Expected { get; }

    public IRescanService Rescans { get; }

    public static async Task<IntakeWorld> CreateAsync()
    {
        var directory = new TempDirectory();
        var records = await EmbeddedRecordStore.OpenAsync(new EmbeddedStoreOptions { Directory = directory.Path }, NullLogger.Instance, CancellationToken.None);
        return new IntakeWorld(directory, records);
    }

    public async Task<Intake> RequestAsync(ImageReference? image = null, Actor? by = null, string? key = null) =>
        (await Desk.RequestAsync(new IntakeRequest(Scope, image ?? Image, by ?? Rita, IdempotencyKey: key), CancellationToken.None)).Value.Intake;

    public async Task<Intake> GetAsync(string id) => (await Desk.GetAsync(id, CancellationToken.None)).Value.Intake;

    /// <summary>Delivers every due message; one that fails comes back, as the host would have it.</summary>
    public async Task DeliverAsync(Func<int, int>? choose = null, Func<bool>? twice = null)
    {
        while (Queue.TakeDue(choose ?? (_ => 0)) is { } text)
        {
            for (var times = twice?.Invoke() == true ? 2 : 1; times > 0; times--)
            {
                try
                {
                    await Workflow.AdvanceAsync(WorkItem.Parse(text).Value, CancellationToken.None);
                }
                catch (RecordStoreException)
                {
                    Queue.Return(text, TimeSpan.FromSeconds(30));
                }
            }
        }
    }

    /// <summary>Lets time pass in steps, delivering what falls due, until the intake rests there or nothing more can come.</summary>
    public async Task<Intake> RunAsync(string id, params IntakeState[] until)
    {
        for (var i = 0; i < 2_000; i++)
        {
            await DeliverAsync();
            var intake = await GetAsync(id);
            if (until.Contains(intake.State))
            {
                return intake;
            }

            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        throw new InvalidOperationException($"The intake stays {(await GetAsync(id)).State}.");
    }

    public async Task<Intake> AwaitingAsync(ImageReference? image = null)
    {
        var intake = await RequestAsync(image);
        return await RunAsync(intake.Id, IntakeState.AwaitingApproval);
    }

    public IEnumerable<LedgerEvent> EventsOf(string id) => Inbox.Events.Values.Where(entry => entry.Subject == "intake:" + id).OrderBy(entry => entry.Id, StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _records.DisposeAsync();
        Signer.Dispose();
        _directory.Dispose();
    }

    private IEstateProvider EstateProvider()
    {
        var provider = new Mock<IEstateProvider>();
        provider.Setup(estate => estate.GetAsync(It.IsAny<CancellationToken>())).Returns(() => Task.FromResult(Map));
        return provider.Object;
    }

    private static RegistryDefinition Registry(string name, params string[] regions) => new(
        name,
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/" + name,
        name + ".azurecr.io",
        regions[0],
        name,
        [.. regions.Select(region => new ReplicaDefinition(name, region, $"{name}.{region}.geo.azurecr.io"))]);

    private sealed class CrashingStore(IRecordStore inner, Crash crash) : IRecordStore
    {
        public Task<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

        public IAsyncEnumerable<Record> QueryAsync(RecordQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

        public async Task<CommitResult> CommitAsync(RecordBatch batch, CancellationToken cancellationToken)
        {
            crash.Point();
            var result = await inner.CommitAsync(batch, cancellationToken);
            crash.Point();
            return result;
        }
    }
}
