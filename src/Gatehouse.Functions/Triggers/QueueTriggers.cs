using System.Text.Json;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Events;

namespace Gatehouse.Functions.Triggers;

/// <summary>Messages of the queues <c>intake-work</c> and <c>gatehouse-events</c>. Metadata is not read: a message can override it.</summary>
internal static class QueueTriggers
{
    public const string Binding = "msg";

    public static async Task<Result<string>> AdvanceIntakeAsync(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (!WorkItem.Parse(TextOf(QueueText.Read(invocation, Binding))).TryGet(out var item, out var error))
        {
            return error;
        }

        await services.GetRequiredService<IIntakeWorkflow>().AdvanceAsync(item, cancellationToken);
        return $"Intake {item.Intake} advanced.";
    }

    /// <summary>One event of Event Grid a message. What cannot be read is kept with the reason at once: trying it four more times would not help.</summary>
    public static async Task<Result<string>> OnQueuedEventAsync(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken)
    {
        var value = QueueText.Read(invocation, Binding);
        return value.ValueKind == JsonValueKind.Undefined
            ? new Error(ErrorKind.Invalid, "envelope-malformed", $"The invocation carries no '{Binding}'.", Binding)
            : (await services.GetRequiredService<EventIntake>().TakeAsync(invocation.Function, EventTarget.Both, KeptEvent.Unwrap(value), cancellationToken)).Map(tally => tally.ToString());
    }

    private static string TextOf(JsonElement message) => message.ValueKind == JsonValueKind.Undefined ? string.Empty : message.GetRawText();
}
