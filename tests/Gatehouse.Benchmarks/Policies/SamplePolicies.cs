using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.Core.Scopes;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Host;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Benchmarks.Policies;

/// <summary>The documents of samples/policies, applied to the real policy store.</summary>
internal sealed class SamplePolicies : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ServiceProvider _provider;

    private SamplePolicies() => _provider = new ServiceCollection()
        .AddLogging()
        .AddEmbeddedStorage(options => options.Directory = _directory["data"])
        .AddGatehouseLedger()
        .AddGatehousePolicies()
        .BuildServiceProvider();

    public IReadOnlyList<Scope> Scopes { get; private set; } = [];

    public static async Task<SamplePolicies> ApplyAsync(CancellationToken cancellationToken)
    {
        var policies = new SamplePolicies();
        var store = policies._provider.GetRequiredService<IPolicyStore>();
        var files = Directory.EnumerateFiles(Path.Combine(PublishedApp.RepositoryRoot(), "samples", "policies"), "*.yaml")
            .ToDictionary(file => Scope.Parse(Path.GetFileNameWithoutExtension(file).Replace("--", "/", StringComparison.Ordinal)).Value);
        policies.Scopes = [.. files.Keys.OrderBy(scope => scope.Path, StringComparer.Ordinal)];
        foreach (var scope in policies.Scopes)
        {
            _ = (await store.ApplyAsync(scope, await File.ReadAllTextAsync(files[scope], cancellationToken), Actor.System("benchmark"), null, cancellationToken)).Value;
        }

        return policies;
    }

    public async Task<IEffectivePolicy> GetEffectiveAsync(Scope scope, CancellationToken cancellationToken) =>
        (await _provider.GetRequiredService<IPolicyProvider>().GetEffectiveAsync(scope, cancellationToken)).Value;

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        _directory.Dispose();
    }
}
