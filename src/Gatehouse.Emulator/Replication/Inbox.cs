using Gatehouse.Emulator.Registries;

namespace Gatehouse.Emulator.Replication;

/// <summary>Changes on their way to one replica, in the order they were made. Guarded by its registry's lock.</summary>
/// <remarks>
/// First in, first out: a pusher writes blobs before manifests, children before indexes and manifests before tags,
/// so that is the order in which they arrive, and jitter only delays what follows.
/// </remarks>
internal sealed class Inbox
{
    private readonly Queue<(Change Change, DateTimeOffset DueAt)> _queue = new();
    private DateTimeOffset _lastDue;

    public ITimer? Timer { get; set; }

    public int Count => _queue.Count;

    public DateTimeOffset? NextDue => _queue.TryPeek(out var next) ? next.DueAt : null;

    public void Add(Change change, DateTimeOffset dueAt)
    {
        _lastDue = dueAt > _lastDue ? dueAt : _lastDue;
        _queue.Enqueue((change, _lastDue));
    }

    public Change Take() => _queue.Dequeue().Change;
}
