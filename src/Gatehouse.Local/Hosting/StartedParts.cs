namespace Gatehouse.Local.Hosting;

/// <summary>What has been started so far, to be stopped in the opposite order when the rest cannot be.</summary>
internal sealed class StartedParts : IAsyncDisposable
{
    private readonly Stack<object> _parts = new();

    public T Add<T>(T part)
        where T : class
    {
        _parts.Push(part);
        return part;
    }

    /// <summary>All is up, and someone else stops it.</summary>
    public void Release() => _parts.Clear();

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            if (part is IAsyncDisposable stoppable)
            {
                await stoppable.DisposeAsync();
            }
            else
            {
                (part as IDisposable)?.Dispose();
            }
        }
    }
}
