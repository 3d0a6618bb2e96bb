namespace Gatehouse.Benchmarks.Azure.Adapters;

internal sealed record Call(string Name, Func<CancellationToken, Task> RunAsync);

/// <summary>One call through an adapter, and a bare client's of the same answer.</summary>
/// <param name="part">What of the adapter's time is known by itself; null for nothing.</param>
/// <param name="owned">What both need, in the order in which it is let go.</param>
internal sealed class CallPair(Call adapter, Call bare, Call? part, params IReadOnlyList<object> owned) : IAsyncDisposable
{
    public Call Adapter => adapter;

    public Call Bare => bare;

    public Call? Part => part;

    public async ValueTask DisposeAsync()
    {
        foreach (var one in owned)
        {
            if (one is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync();
            }
            else
            {
                ((IDisposable)one).Dispose();
            }
        }
    }
}
