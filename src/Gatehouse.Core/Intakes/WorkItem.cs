using System.Text.Json;
using Gatehouse.Core.Results;

namespace Gatehouse.Core.Intakes;

/// <summary>A message of <see cref="Queues.QueueNames.IntakeWork"/>.</summary>
/// <param name="Intake">The intake's id.</param>
/// <param name="Turn">The commit it follows; an older turn than the intake's has been acted on.</param>
public sealed record WorkItem(string Intake, int Turn)
{
    public static Result<WorkItem> Parse(string text)
    {
        try
        {
            if (JsonSerializer.Deserialize(text, IntakeJson.Default.WorkItem) is { Intake.Length: > 0 } item)
            {
                return item;
            }
        }
        catch (JsonException)
        {
            // Falls through to the one error there is.
        }

        return new Error(ErrorKind.Invalid, "work-item-malformed", "The message is not {\"intake\":\"<id>\",\"turn\":<number>}.", "msg");
    }

    public string ToText() => JsonSerializer.Serialize(this, IntakeJson.Default.WorkItem);
}
