using System.Globalization;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.Core.Scopes;
using Gatehouse.Core.Watches;
using Gatehouse.Registry;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Options;
using Gatehouse.TestKit.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Benchmarks.Watches;

/// <summary>The watch service as the product composes it: the real client, the embedded store, the real ledger inbox.</summary>
internal sealed class SweepRig : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ServiceProvider _provider;

    public SweepRig(int hostConcurrency)
    {
        var settings = new Dictionary<string, string?>
        {
            [$"{WatchOptions.Section}:{nameof(WatchOptions.HostConcurrency)}"] = hostConcurrency.ToString(CultureInfo.InvariantCulture),
        };
        _provider = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging()
            .AddEmbeddedStorage(options => options.Directory = _directory["data"])
            .AddGatehouseRegistry()
            .Configure<RegistryOptions>(options => options.AllowPrivateRegistries = true)
            .AddGatehouseLedger()
            .AddGatehousePolicies()
            .AddGatehouseEstate()
            .AddGatehouseIntakes()
            .AddGatehouseWatches()
            .BuildServiceProvider();
    }

    public IRegistryClientFactory Clients => _provider.GetRequiredService<IRegistryClientFactory>();

    private IWatchService Watches => _provider.GetRequiredService<IWatchService>();

    public async Task WatchAsync(string repository, CancellationToken cancellationToken)
    {
        var scope = Scope.Parse("contoso").Value;
        _ = (await Watches.CreateAsync(scope, repository, ["v*"], Actor.System("benchmark"), cancellationToken)).Value;
    }

    /// <exception cref="InvalidOperationException">The sweep did something else than look at every tag and find it unmoved.</exception>
    public async Task SweepAsync(int tags, CancellationToken cancellationToken)
    {
        var report = await Watches.SweepAsync(cancellationToken);
        if (report is not { Watches: 1, Moved: 0, Failed: 0, Intakes: 0 } || report.Tags != tags)
        {
            throw new InvalidOperationException($"A sweep over {tags} tags ended with {report}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        _directory.Dispose();
    }
}
