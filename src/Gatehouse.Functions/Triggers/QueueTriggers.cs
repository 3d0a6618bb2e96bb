using System.Text.Json;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;

namespace Gatehouse.Functions.Triggers;

/// <summary>Messages of the queue <c>intake-work</c>. Metadata is not read: a message can override it.</summary>
internal static class QueueTriggers
{
    public const string Binding = "msg";

    public static async Task<Result<string>> AdvanceIntakeAsync(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (!WorkItem.Parse(TextOf(invocation.Unwrap(Binding))).TryGet(out var item, out var error))
        {
            return error;
        }

        await services.GetRequiredService<IIntakeWorkflow>().AdvanceAsync(item, cancellationToken);
        return $"Intake {item.Intake} advanced.";
    }

    private static string TextOf(JsonElement message) => message.ValueKind == JsonValueKind.Undefined ? string.Empty : message.GetRawText();
}
