using System.Collections.Frozen;
using Gatehouse.Core.Estate;

namespace Gatehouse.Azure.Tokens;

/// <summary>The hosts that we sign in to: every login server and replica endpoint of the estate, and nobody else.</summary>
internal sealed class EstateHosts(IEstateProvider estate)
{
    private volatile FrozenDictionary<string, string>? _hosts;

    /// <remarks>Synchronous because its callers are; the estate is read once, so only the first call can wait.</remarks>
    public bool Contains(string host) => RegistryOf(host) is not null;

    /// <summary>The name of the registry that is reached there; null when it is none of ours.</summary>
    public string? RegistryOf(string host) => (_hosts ?? Load().GetAwaiter().GetResult()).GetValueOrDefault(host);

    private Task<FrozenDictionary<string, string>> Load() => Task.Run(async () =>
    {
        var map = await estate.GetAsync(CancellationToken.None);
        return _hosts = map.Registries
            .SelectMany(registry => registry.Replicas.Select(replica => replica.Endpoint).Append(registry.LoginServer).Distinct(StringComparer.OrdinalIgnoreCase).Select(host => (host, registry.Name)))
            .ToFrozenDictionary(entry => entry.host, entry => entry.Name, StringComparer.OrdinalIgnoreCase);
    });
}
