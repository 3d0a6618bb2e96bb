namespace Gatehouse.Emulator.Topics;

/// <summary>What goes wrong at a topic. Everything is off at start and takes effect at once.</summary>
public sealed class TopicFaults
{
    private readonly TimeProvider _clock;
    private long _throttledUntil;
    private int _lostReplies;

    internal TopicFaults(TimeProvider clock) => _clock = clock;

    /// <summary>Connections are aborted.</summary>
    public bool Down { get; set; }

    /// <summary>The caller lacks the role EventGrid Data Sender: 403.</summary>
    public bool Denied { get; set; }

    /// <summary>A larger event is refused with 413, and its whole request; the default is Event Grid's 1 MiB.</summary>
    public int MaxEventBytes { get; set; } = TopicService.MaxBytes;

    /// <summary>429 for this long, with Retry-After.</summary>
    public void Throttle(TimeSpan duration) => Interlocked.Exchange(ref _throttledUntil, (_clock.GetUtcNow() + duration).UtcTicks);

    /// <summary>The next requests are taken, and their connections aborted before the answer.</summary>
    public void LoseReplies(int count) => Interlocked.Exchange(ref _lostReplies, count);

    internal TimeSpan? Throttled
    {
        get
        {
            var left = new TimeSpan(Interlocked.Read(ref _throttledUntil) - _clock.GetUtcNow().UtcTicks);
            return left > TimeSpan.Zero ? left : null;
        }
    }

    internal bool TakeLostReply() => Volatile.Read(ref _lostReplies) > 0 && Interlocked.Decrement(ref _lostReplies) >= 0;
}
