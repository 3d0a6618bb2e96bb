using System.Collections.Frozen;
using Gatehouse.Core.Estate;

namespace Gatehouse.Azure.Tokens;

/// <summary>The hosts that get our Entra tokens: every login server and replica endpoint of the estate, and nobody else.</summary>
internal sealed class EstateHosts(IEstateProvider estate)
{
    private volatile FrozenSet<string>? _hosts;

    /// <remarks>Synchronous because its callers are; the estate is read once, so only the first call can wait.</remarks>
    public bool Contains(string host) => (_hosts ?? Load().GetAwaiter().GetResult()).Contains(host);

    private Task<FrozenSet<string>> Load() => Task.Run(async () =>
    {
        var map = await estate.GetAsync(CancellationToken.None);
        return _hosts = map.Registries
            .Select(registry => registry.LoginServer)
            .Concat(map.Replicas.Select(replica => replica.Endpoint))
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    });
}
