using System.Text.Json.Nodes;
using Gatehouse.Local.Api;

namespace Gatehouse.Local.Tour;

/// <summary>Asks the API until something is so.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <exception cref="StepFailedException">It did not become so in time; the message says what it was last.</exception>
    public static async Task<JsonNode> ForAsync(
        Func<CancellationToken, Task<JsonNode>> ask,
        Func<JsonNode, bool> wanted,
        string what,
        TimeSpan limit,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            var last = await ask(cancellationToken);
            if (wanted(last))
            {
                return last;
            }

            if (clock.GetElapsedTime(started) > limit)
            {
                throw new StepFailedException($"waited {limit.TotalSeconds:F0} s for {what}; last seen: {Shorten(last.ToJsonString())}");
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    public static Task<JsonNode> ForIntakeAsync(
        this GatehouseApi api,
        string id,
        Func<string, bool> wanted,
        TimeSpan limit,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        ForAsync(token => api.IntakeAsync(id, token), intake => wanted(StateOf(intake)), $"intake {id}", limit, clock, cancellationToken);

    public static string StateOf(JsonNode intake) => intake["state"]!.GetValue<string>();

    private static string Shorten(string text) => text.Length <= 600 ? text : text[..600] + "…";
}
