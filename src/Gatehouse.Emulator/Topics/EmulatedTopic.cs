using Gatehouse.Emulator.Hosting;

namespace Gatehouse.Emulator.Topics;

/// <param name="Type"><c>type</c> or <c>eventType</c>.</param>
/// <param name="Source">Empty in EventGridSchema, where the topic is the source.</param>
/// <param name="Json">The event as it came.</param>
public sealed record ReceivedEvent(string Id, string Type, string Source, string? Subject, DateTimeOffset At, string Json);

/// <summary>A custom topic: takes events over HTTPS, keeps the newest in memory, and hands them to its subscriptions.</summary>
public sealed class EmulatedTopic
{
    /// <summary>Events kept; older ones are forgotten.</summary>
    public const int MaxKept = 10_000;

    private readonly EmulatedTopicOptions _options;
    private readonly EndpointTag _endpoint;
    private readonly Lock _gate = new();
    private readonly Queue<ReceivedEvent> _received = [];
    private long _total;

    internal EmulatedTopic(EmulatedTopicOptions options, string resourceId, TimeProvider clock)
    {
        (_options, ResourceId) = (options, resourceId);
        _endpoint = new EndpointTag(EndpointRole.Topic, "topic-" + options.Name, options.Port);
        Faults = new TopicFaults(clock);
    }

    public string Name => _options.Name;

    public string ResourceId { get; }

    /// <summary>What events must be written in, and are delivered in.</summary>
    public EventSchema Schema => _options.Schema;

    /// <summary>Where <c>https://{topic}.{region}-1.eventgrid.azure.net/api/events</c> would be.</summary>
    public Uri Endpoint => new($"https://{_endpoint.Host}{TopicService.Path}");

    public TopicFaults Faults { get; }

    /// <summary>Events taken since the start, in the order in which they came; one that came twice is there twice.</summary>
    public IReadOnlyList<ReceivedEvent> Received
    {
        get
        {
            lock (_gate)
            {
                return [.. _received];
            }
        }
    }

    /// <summary>How many were taken since the start.</summary>
    public long Total => Interlocked.Read(ref _total);

    internal EndpointTag Tag => _endpoint;

    /// <summary>Called for every event taken.</summary>
    internal Action<TopicEvent>? Accepted { get; set; }

    internal void Take(IReadOnlyList<TopicEvent> events)
    {
        lock (_gate)
        {
            foreach (var one in events)
            {
                _received.Enqueue(one.ToReceived());
                _total++;
            }

            while (_received.Count > MaxKept)
            {
                _received.Dequeue();
            }
        }

        foreach (var one in events)
        {
            Accepted?.Invoke(one);
        }
    }
}
