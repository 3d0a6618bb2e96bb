namespace Gatehouse.Core.Queues.Embedded;

/// <summary>The names of one listing, kept between calls, so that thousands of messages cost a few listings and not one each.</summary>
internal sealed class QueueListing
{
    private readonly Lock _gate = new();
    private readonly Queue<MessageName> _names = new();

    public void Fill(IEnumerable<string> files)
    {
        var sorted = files.Order(StringComparer.Ordinal).ToList();
        lock (_gate)
        {
            _names.Clear();
            foreach (var file in sorted)
            {
                if (MessageName.TryParse(file, out var name))
                {
                    _names.Enqueue(name);
                }
            }
        }
    }

    /// <summary>The next name that was visible when listed; it may be gone by now.</summary>
    public MessageName? TakeDue(DateTimeOffset now)
    {
        lock (_gate)
        {
            return _names.TryPeek(out var next) && next.VisibleAt <= now ? _names.Dequeue() : null;
        }
    }
}
