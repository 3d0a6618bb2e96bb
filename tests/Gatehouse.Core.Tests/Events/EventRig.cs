using Gatehouse.Core.Events;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Tests.Ledger;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Tests.Events;

/// <summary>A whole ledger, and a publisher of it to a topic that answers as told.</summary>
internal sealed class EventRig(LedgerRig ledger) : IAsyncDisposable
{
    public LedgerRig Ledger => ledger;

    public FakeTopic Topic { get; } = new();

    public RecordingQueue Queue { get; } = new();

    public static CancellationToken Cancellation => LedgerRig.Cancellation;

    public static async Task<EventRig> OpenAsync() => new(await LedgerRig.OpenAsync());

    public IEventPublisher Publisher(string startAt = EventOptions.Beginning, int lagWarning = EventOptions.DefaultLagWarning, ILogger<EventLag>? logger = null, ILedger? over = null, bool on = true)
    {
        var options = Options.Create(new EventOptions { StartAt = startAt, LagWarning = lagWarning });
        return new EventPublisher(
            on ? [Topic] : [],
            over ?? ledger.Ledger,
            new EventCursorStore(ledger.Store),
            new EventBatches(over ?? ledger.Ledger, options, Options.Create(new LedgerOptions())),
            new RefusedEvents(Queue, ledger.Clock, NullLogger<RefusedEvents>.Instance),
            new EventLag(options, ledger.Clock, logger ?? NullLogger<EventLag>.Instance),
            ledger.Clock,
            options,
            NullLogger<EventPublisher>.Instance);
    }

    public Task<PublishReport> PublishAsync() => Publisher().PublishAsync(Cancellation);

    public async Task SealAsync(int from, int count)
    {
        await ledger.AppendAsync(from, count);
        await ledger.SealAsync();
    }

    public async Task SealAsync(params LedgerEvent[] events)
    {
        await ledger.Inbox.AppendAsync(events, Cancellation);
        await ledger.SealAsync();
    }

    public ValueTask DisposeAsync() => ledger.DisposeAsync();
}

/// <summary>Takes everything unless told otherwise.</summary>
internal sealed class FakeTopic : IEventSink
{
    private readonly Lock _gate = new();
    private readonly List<IReadOnlyList<GovernanceEvent>> _batches = [];

    public static SinkAnswer.Unavailable Away { get; } = new("unreachable", "nobody there");

    public static SinkAnswer.Refused Malformed { get; } = new("BadRequest", "400: no");

    public static SinkAnswer.Refused TooLarge { get; } = new("RequestEntityTooLarge", "413: no", TooLarge: true);

    /// <summary>Null takes the batch.</summary>
    public Func<IReadOnlyList<GovernanceEvent>, SinkAnswer?>? Answer { get; set; }

    /// <summary>Called before a batch is answered; a test puts another actor here.</summary>
    public Func<Task>? Before { get; set; }

    /// <summary>What was taken.</summary>
    public IReadOnlyList<IReadOnlyList<GovernanceEvent>> Batches
    {
        get
        {
            lock (_gate)
            {
                return [.. _batches];
            }
        }
    }

    public IReadOnlyList<string> Ids => [.. Batches.SelectMany(batch => batch).Select(one => one.Id)];

    public async Task<SinkAnswer> SendAsync(IReadOnlyList<GovernanceEvent> events, CancellationToken cancellationToken)
    {
        if (Before is { } before)
        {
            Before = null;
            await before();
        }

        if (Answer?.Invoke(events) is { } answer)
        {
            return answer;
        }

        lock (_gate)
        {
            _batches.Add([.. events]);
        }

        return new SinkAnswer.Taken();
    }
}

internal sealed class RecordingQueue : IWorkQueue
{
    public List<(string Queue, string Text)> Messages { get; } = [];

    public Task EnqueueAsync(string queue, string text, TimeSpan delay, CancellationToken cancellationToken)
    {
        QueueRules.Encode(text);
        Messages.Add((queue, text));
        return Task.CompletedTask;
    }
}
