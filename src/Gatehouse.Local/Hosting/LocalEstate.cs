using Gatehouse.Core.Images;
using Gatehouse.Core.Queues;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Functions.Auth;
using Gatehouse.Local.Api;
using Gatehouse.Local.Samples;
using Gatehouse.Local.Scanning;
using Gatehouse.Registry.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Local.Hosting;

/// <summary>
/// A whole estate on loopback: an upstream registry, two Azure registries with their regions, a scanner, the Function app over the
/// embedded store or Azurite, and a stand-in for the Functions host that fires timers, pumps the queue and passes events on.
/// </summary>
internal sealed partial class LocalEstate : IAsyncDisposable
{
    public const string Hub = "contosohub";
    public const string Edge = "contosoedge";
    public const string UpstreamName = "upstream";
    public const string Topic = "governance";

    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(12);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly LocalDirectory _directory;
    private readonly LocalStorage _storage;
    private readonly ServiceProvider _services;
    private readonly HttpClient _http = new();
    private readonly HttpClient _functions = new() { Timeout = FunctionInvoker.Timeout };
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _pumps = [];
    private readonly LocalTokenIssuer _issuer;
    private readonly EmulatorHost _emulator;
    private readonly EventGridListener _events;
    private readonly SampleScanner _scanner;
    private readonly WebApplication _app;
    private readonly TimerPump _timers;

    private LocalEstate(LocalParts parts)
    {
        (_directory, _storage, _services, _issuer, _emulator, _events, _scanner, _app) =
            (parts.Directory, parts.Storage, parts.Services, parts.Issuer, parts.Emulator, parts.Events, parts.Scanner, parts.App);
        AppUri = new Uri(_app.Urls.First());
        var envelopes = _services.GetRequiredService<InvocationEnvelope>();
        var invoker = ActivatorUtilities.CreateInstance<FunctionInvoker>(_services, _functions, AppUri);
        _timers = ActivatorUtilities.CreateInstance<TimerPump>(_services, invoker, envelopes);
        _events.Connect(invoker);
        var pump = ActivatorUtilities.CreateInstance<QueuePump>(_services, invoker, envelopes, parts.Storage.Queue);
        _pumps.Add(pump.RunAsync(QueueNames.IntakeWork, "AdvanceIntake", _stop.Token));
        _pumps.Add(pump.RunAsync(QueueNames.Events, "OnQueuedEvent", _stop.Token));
        _pumps.Add(_timers.RunAsync(_stop.Token));
    }

    public Uri AppUri { get; }

    public string DataDirectory => _directory.Path;

    /// <summary>Where records and queues are, for people.</summary>
    public string StoragePlace => _storage.Place;

    public EmulatorHost Emulator => _emulator;

    /// <summary>Host and port of the sample upstream registry.</summary>
    public string UpstreamHost => _emulator.Registry(UpstreamName).LoginServer;

    public IRegistryClient Upstream => Registries.Create(UpstreamHost);

    public IRegistryClientFactory Registries => _services.GetRequiredService<IRegistryClientFactory>();

    /// <summary>The API as that person.</summary>
    public GatehouseApi As(LocalIdentity identity) => new(_http, AppUri, () => TokenFor(identity));

    public string TokenFor(LocalIdentity identity) => _issuer.Issue(identity, TokenLifetime);

    /// <summary>Fires a timer function now.</summary>
    public async Task FireAsync(string function, CancellationToken cancellationToken)
    {
        if (!await _timers.FireAsync(function, cancellationToken))
        {
            throw new InvalidOperationException($"Function {function} failed; start with --verbose to see why.");
        }
    }

    public void SetRegionDown(string registry, string region, bool down) =>
        _emulator.Registry(registry).Replica(region).Faults.Down = down;

    /// <summary>Reads an image's manifest as an ordinary client would; the client checks the bytes against the digest.</summary>
    public async Task<string> PullAsync(string reference, CancellationToken cancellationToken)
    {
        var image = ImageReference.Parse(reference).Value;
        var manifest = await Registries.Create(image.Registry).GetManifestAsync(image.Repository, image.ManifestReference, cancellationToken);
        return manifest.TryGet(out var content, out var failure) ? content.Digest.ToString() : throw new IOException(failure.ToString());
    }

    public Task PushSamplesAsync(CancellationToken cancellationToken) => SampleCatalog.PushAllAsync(Upstream, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_pumps).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        using (var limit = new CancellationTokenSource(StopLimit, _services.GetRequiredService<TimeProvider>()))
        {
            await _app.StopAsync(limit.Token);
        }

        await _app.DisposeAsync();
        await _events.DisposeAsync();
        await _scanner.DisposeAsync();
        await _emulator.DisposeAsync();
        _issuer.Dispose();
        _http.Dispose();
        _functions.Dispose();
        await _storage.DisposeAsync();
        await _services.DisposeAsync();
        _stop.Dispose();
        _directory.Dispose();
    }
}
