using System.Text.Json;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Events;

namespace Gatehouse.Functions.Triggers;

/// <summary>Event Grid's own trigger; one event or, with <c>cardinality</c> many, a batch.</summary>
internal static class EventGridTriggers
{
    public const string Binding = "event";

    public static async Task<Result<string>> OnRegistryEventAsync(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken) =>
        (await TakeAsync(invocation, EventTarget.Estate, services, cancellationToken)).Map(tally => tally.ToString());

    public static async Task<Result<string>> OnUpstreamUpdatedAsync(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken) =>
        (await TakeAsync(invocation, EventTarget.Watches, services, cancellationToken)).Map(tally => tally.ToString());

    private static async Task<Result<EventTally>> TakeAsync(Invocation invocation, EventTarget target, IServiceProvider services, CancellationToken cancellationToken)
    {
        var value = invocation.Unwrap(Binding);
        return value.ValueKind == JsonValueKind.Undefined
            ? new Error(ErrorKind.Invalid, "envelope-malformed", $"The invocation carries no '{Binding}'.", Binding)
            : await services.GetRequiredService<EventIntake>().TakeAsync(invocation.Function, target, value, cancellationToken);
    }
}
