using Gatehouse.Core.Time;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Requests;
using Gatehouse.Emulator.Storage;
using Gatehouse.Emulator.Topics;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Events;

/// <summary>Turns what happens at replicas, and what topics take, into events for the subscriptions.</summary>
internal sealed class EventGrid : IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private readonly IEntropy _entropy;
    private readonly HttpClient _http;
    private readonly List<EventSubscription> _subscriptions;

    public EventGrid(EmulatorOptions options, EmulatorServices services, IReadOnlyList<EmulatedRegistry> registries, IReadOnlyList<EmulatedTopic> topics, Func<string> validationHost)
    {
        (_clock, _entropy) = (services.Clock, services.Entropy);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
        var logger = services.LoggerFactory.CreateLogger("Gatehouse.Emulator.Events");
        _subscriptions =
        [
            .. options.EventSubscriptions.Select(subscription => new EventSubscription(
                subscription,
                new Handshake(subscription, SourceOf(subscription), _http, _clock, _entropy, validationHost),
                _http,
                _clock,
                options.EventRetryScale,
                logger)),
        ];
        foreach (var registry in registries.Where(registry => _subscriptions.Exists(subscription => subscription.IsOf(registry.Name))))
        {
            registry.Store.Applied = (replica, change) => OnApplied(registry, replica, change);
        }

        foreach (var topic in topics)
        {
            topic.Accepted = accepted => _subscriptions.FindAll(subscription => subscription.IsOf(topic: topic.Name)).ForEach(subscription => subscription.Post(accepted));
        }

        string SourceOf(EventSubscriptionOptions subscription) => subscription.Topic is { } name
            ? topics.First(topic => topic.Name == name).ResourceId
            : registries.First(registry => registry.Name == subscription.Registry).EventSource;
    }

    public IReadOnlyList<EventSubscription> Subscriptions => _subscriptions;

    public void Start() => _subscriptions.ForEach(subscription => subscription.Start());

    /// <summary>The validation URL of a handshake, opened by hand.</summary>
    public Task ConfirmAsync(HttpContext http)
    {
        var code = http.Query("code");
        return Reply.EmptyAsync(http, _subscriptions.Exists(subscription => subscription.Handshake.TryConfirm(code)) ? StatusCodes.Status200OK : StatusCodes.Status404NotFound);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subscription in _subscriptions)
        {
            await subscription.DisposeAsync();
        }

        _http.Dispose();
    }

    private void OnApplied(EmulatedRegistry registry, EmulatedReplica replica, Change change)
    {
        if (change.Kind is not (ChangeKind.SetTag or ChangeKind.DeleteManifest) || change.Request is null || change.Manifest is null)
        {
            return;
        }

        var registryEvent = new RegistryEvent(
            _entropy.Next(),
            registry.EventSource,
            _clock.GetUtcNow(),
            replica.Region,
            change.Repository,
            change.Kind == ChangeKind.SetTag ? change.Tag : null,
            change.Digest!.Value,
            change.Manifest,
            change.Request);
        foreach (var subscription in _subscriptions.Where(subscription => subscription.IsOf(registry.Name)))
        {
            subscription.Post(registryEvent);
        }
    }
}
