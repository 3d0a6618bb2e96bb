using System.Collections.Concurrent;

namespace Gatehouse.Azure.Arm;

/// <summary>How much goes on at one time about one registry.</summary>
internal sealed class RegistrySlots(int limit) : IDisposable
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _slots = new(StringComparer.OrdinalIgnoreCase);

    public async Task<T> RunAsync<T>(string registry, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        var slots = _slots.GetOrAdd(registry, _ => new SemaphoreSlim(limit));
        await slots.WaitAsync(cancellationToken);
        try
        {
            return await call();
        }
        finally
        {
            slots.Release();
        }
    }

    public void Dispose()
    {
        foreach (var slots in _slots.Values)
        {
            slots.Dispose();
        }
    }
}
