using Gatehouse.Core.Estate;
using Gatehouse.Core.Results;
using Gatehouse.Core.Watches;
using Gatehouse.Functions.Events;

namespace Gatehouse.Functions.Triggers;

/// <summary>Event Grid delivers at least once and in no order; what is called is idempotent by the event's id.</summary>
internal static class EventGridTriggers
{
    public const string Binding = "event";

    public static async Task<Result<string>> OnRegistryEventAsync(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken)
    {
        var pushes = GridEvent.ReadAll(invocation.Unwrap(Binding)).Then(events => All(events, RegistryPush.Read));
        if (!pushes.TryGet(out var found, out var error))
        {
            return error;
        }

        var estate = services.GetRequiredService<IEstateMonitor>();
        foreach (var push in found)
        {
            await estate.OnPushedAsync(push.EventId, push.LoginServer, push.Repository, push.Tag, push.Digest, push.Region, cancellationToken);
        }

        return $"{found.Count} pushes observed.";
    }

    public static async Task<Result<string>> OnUpstreamUpdatedAsync(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken)
    {
        var updates = GridEvent.ReadAll(invocation.Unwrap(Binding)).Then(events => All(events, UpstreamUpdate.Read));
        if (!updates.TryGet(out var found, out var error))
        {
            return error;
        }

        var watches = services.GetRequiredService<IWatchService>();
        var intakes = 0;
        foreach (var update in found)
        {
            intakes += await watches.OnUpstreamPushedAsync(update.EventId, update.Image, cancellationToken);
        }

        return $"{found.Count} upstream updates, {intakes} intakes.";
    }

    /// <summary>Reads every event before anything is done; null marks an event of a type that does not concern us.</summary>
    private static Result<IReadOnlyList<T>> All<T>(IReadOnlyList<GridEvent> events, Func<GridEvent, Result<T?>> read)
        where T : class
    {
        var values = new List<T>();
        foreach (var one in events)
        {
            if (!read(one).TryGet(out var value, out var error))
            {
                return error;
            }

            if (value is not null)
            {
                values.Add(value);
            }
        }

        return values;
    }
}
