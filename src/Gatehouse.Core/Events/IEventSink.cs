namespace Gatehouse.Core.Events;

/// <summary>What a topic said to a batch.</summary>
public abstract record SinkAnswer
{
    private SinkAnswer()
    {
    }

    /// <summary>The topic has all of them and will deliver them.</summary>
    public sealed record Taken : SinkAnswer;

    /// <summary>It never will take this batch as it is: an event in it is malformed or too large.</summary>
    /// <param name="TooLarge">It is the size, which is the event's own whatever the topic is set to.</param>
    public sealed record Refused(string Code, string Message, bool TooLarge = false) : SinkAnswer;

    /// <summary>No answer, or one about us rather than about the events. It may have them all the same; send them again.</summary>
    /// <param name="RetryAfter">How long to leave it alone, when it says.</param>
    public sealed record Unavailable(string Code, string Message, TimeSpan? RetryAfter = null) : SinkAnswer;
}

/// <summary>Where governance events go. Without one, none are published.</summary>
public interface IEventSink
{
    /// <param name="events">At least one; at most <see cref="EventLimits.MaxBatchBytes"/>, unless it is one that is larger alone.</param>
    Task<SinkAnswer> SendAsync(IReadOnlyList<GovernanceEvent> events, CancellationToken cancellationToken);
}

/// <summary>Source: Event Grid, "Post events to a custom topic": 1 MB a request; more than 64 KB an event is taken, and billed, in steps of 64 KB.</summary>
public static class EventLimits
{
    /// <summary>A larger event goes alone, so that the topic's word on it concerns no other.</summary>
    public const int MaxEventBytes = 64 * 1024;

    /// <summary>Of a whole request, brackets and commas included.</summary>
    public const int MaxBatchBytes = 1_000_000;

    public const int MaxBatchEvents = 500;
}
