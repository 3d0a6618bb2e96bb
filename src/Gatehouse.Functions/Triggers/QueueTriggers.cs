using System.Text.Json;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;

namespace Gatehouse.Functions.Triggers;

/// <summary>Messages of the queue <c>intake-work</c>. Metadata is not read: a message can override it.</summary>
internal static class QueueTriggers
{
    public const string Binding = "item";

    public static async Task<Result<string>> AdvanceIntakeAsync(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (!ReadItem(invocation.Unwrap(Binding)).TryGet(out var item, out var error))
        {
            return error;
        }

        await services.GetRequiredService<IIntakeWorkflow>().AdvanceAsync(item, cancellationToken);
        return $"Intake {item.Intake} advanced.";
    }

    private static Result<WorkItem> ReadItem(JsonElement message)
    {
        if (message.ValueKind == JsonValueKind.Object && Find(message, "intake") is { ValueKind: JsonValueKind.String } intake
            && intake.GetString() is { Length: > 0 and <= 128 } id)
        {
            var recorded = Find(message, "recorded");
            if (recorded.ValueKind == JsonValueKind.Undefined)
            {
                return new WorkItem(id, 0);
            }

            if (recorded.ValueKind == JsonValueKind.Number && recorded.TryGetInt32(out var count) && count >= 0)
            {
                return new WorkItem(id, count);
            }
        }

        return new Error(ErrorKind.Invalid, "work-item-malformed", """The message is not a work item {"intake":"<id>","recorded":<count>}.""", Binding);
    }

    private static JsonElement Find(JsonElement message, string name) =>
        message.EnumerateObject().FirstOrDefault(property => property.NameEquals(name) || string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase)).Value;
}
