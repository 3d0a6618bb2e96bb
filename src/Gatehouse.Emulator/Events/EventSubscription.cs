using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Gatehouse.Emulator.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Emulator.Events;

/// <summary>One subscription: validates the web hook once, then delivers each event on its own, at least once and in no order. A queue needs no validation.</summary>
internal sealed class EventSubscription(EventSubscriptionOptions options, Handshake handshake, HttpClient http, TimeProvider clock, double scale, ILogger logger) : IAsyncDisposable
{
    private const int MaxParallel = 8;

    /// <summary>How long a hook may take. Source: Event Grid delivery.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ManualValidationTime = TimeSpan.FromMinutes(10);

    private readonly Channel<EmulatedEvent> _queue = Channel.CreateUnbounded<EmulatedEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<long, Task> _deliveries = [];
    private readonly SemaphoreSlim _slots = new(MaxParallel, MaxParallel);
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private int _waiting;

    /// <summary>Whether this is one of that registry, or of that topic.</summary>
    public bool IsOf(string? registry = null, string? topic = null) => registry is null ? options.Topic == topic : options.Topic is null && options.Registry == registry;

    public Handshake Handshake => handshake;

    /// <summary>Deliveries between two attempts.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Events that are being delivered, those that wait for their next attempt among them.</summary>
    public int Delivering => _deliveries.Count;

    public void Start() => _loop = Task.Run(() => RunAsync(_stop.Token), CancellationToken.None);

    /// <summary>Never blocks.</summary>
    public void Post(EmulatedEvent emulatedEvent) => _queue.Writer.TryWrite(emulatedEvent);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        try
        {
            await Task.WhenAll(_deliveries.Values);
        }
        catch (OperationCanceledException)
        {
            // Deliveries under way end with the emulator.
        }

        _stop.Dispose();
        _slots.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (options.Queue is null)
            {
                await ValidateAsync(cancellationToken);
            }

            long number = 0;
            await foreach (var emulatedEvent in _queue.Reader.ReadAllAsync(cancellationToken))
            {
                for (var copy = 0; copy < (options.Duplicates ? 2 : 1); copy++)
                {
                    var key = number++;
                    var delivery = DeliverAsync(emulatedEvent, cancellationToken);
                    _deliveries[key] = delivery;
                    _ = delivery.ContinueWith(_ => _deliveries.TryRemove(key, out var _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The emulator ends; undelivered events are lost, as after Event Grid's time to live.
        }
    }

    private async Task ValidateAsync(CancellationToken cancellationToken)
    {
        for (var failures = 0; ;)
        {
            bool agreed;
            try
            {
                using var timeout = new CancellationTokenSource(AnswerTimeout, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
                agreed = await handshake.TryAsync(either.Token);
            }
            catch (Exception exception) when (IsFailure(exception, cancellationToken))
            {
                agreed = false;
            }

            if (agreed)
            {
                Log.SubscriptionValidated(logger, options.Name);
                return;
            }

            failures = Math.Min(failures + 1, RetrySchedule.MaxAttempts - 1);
            var wait = Scaled(RetrySchedule.Next(failures, null) ?? ManualValidationTime);
            Log.SubscriptionNotValidated(logger, options.Name, wait);
            var delay = Task.Delay(wait, clock, cancellationToken);
            if (await Task.WhenAny(delay, handshake.Manual) == handshake.Manual)
            {
                Log.SubscriptionValidated(logger, options.Name);
                return;
            }

            await delay;
        }
    }

    private async Task DeliverAsync(EmulatedEvent emulatedEvent, CancellationToken cancellationToken)
    {
        var body = options.Queue is null ? emulatedEvent.ToBody(options.Schema) : emulatedEvent.ToObject(options.Schema);
        var deadline = emulatedEvent.At + options.TimeToLive;
        for (var attempt = 0; ; attempt++)
        {
            HttpStatusCode? status;
            await _slots.WaitAsync(cancellationToken);
            try
            {
                status = options.Queue is { } put ? await PutAsync(put, body, cancellationToken) : await SendAsync(body, attempt, cancellationToken);
            }
            finally
            {
                _slots.Release();
            }

            if (status is { } answer && RetrySchedule.IsSuccess(answer))
            {
                Log.EventDelivered(logger, emulatedEvent.Id, options.Name, attempt + 1);
                return;
            }

            if (RetrySchedule.Next(attempt + 1, status) is not { } wait || clock.GetUtcNow() + Scaled(wait) > deadline)
            {
                Log.EventDropped(logger, emulatedEvent.Id, options.Name, attempt + 1, (int?)status);
                return;
            }

            var delay = Task.Delay(Scaled(wait), clock, cancellationToken);
            Interlocked.Increment(ref _waiting);
            try
            {
                await delay;
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }
    }

    private async Task<HttpStatusCode?> PutAsync(Func<string, CancellationToken, Task> put, byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            await put(options.QueueBase64 ? Convert.ToBase64String(body) : Encoding.UTF8.GetString(body), cancellationToken);
            return HttpStatusCode.Created;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Null when there was no answer.</summary>
    private async Task<HttpStatusCode?> SendAsync(byte[] body, int attempt, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation(
            "Content-Type",
            options.Schema == EventSchema.EventGridSchema ? "application/json; charset=utf-8" : "application/cloudevents+json; charset=utf-8");
        request.Headers.TryAddWithoutValidation("aeg-event-type", "Notification");
        request.Headers.TryAddWithoutValidation("aeg-subscription-name", options.Name.ToUpperInvariant());
        request.Headers.TryAddWithoutValidation("aeg-delivery-count", attempt.ToString("0"));
        request.Headers.TryAddWithoutValidation("aeg-metadata-version", "1");
        if (options.Schema == EventSchema.EventGridSchema)
        {
            request.Headers.TryAddWithoutValidation("aeg-data-version", "2.0");
        }

        try
        {
            using var timeout = new CancellationTokenSource(AnswerTimeout, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.StatusCode;
        }
        catch (Exception exception) when (IsFailure(exception, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>No answer, rather than our own end.</summary>
    private static bool IsFailure(Exception exception, CancellationToken stopping) =>
        exception is HttpRequestException or IOException || (exception is OperationCanceledException && !stopping.IsCancellationRequested);

    private TimeSpan Scaled(TimeSpan wait) => wait * scale;
}
