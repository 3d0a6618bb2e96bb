using System.Text.Json;

namespace Gatehouse.TestKit.Host;

public enum InvocationVerdict
{
    Succeeded,

    /// <summary>The host would record a failure, and retry by the trigger's rules.</summary>
    Failed,

    /// <summary>The host would wait for its function timeout, then kill the handler: an empty body, 204, or <c>null</c>.</summary>
    Hung,
}

/// <summary>One answer, judged as the Functions host judges it. Source: azure-functions-host, DefaultHttpWorkerService.</summary>
public sealed record InvocationOutcome(InvocationVerdict Verdict, int Status, string Body, IReadOnlyList<string> Logs)
{
    public static InvocationOutcome Judge(int status, string? mediaType, string body)
    {
        if (status is < 200 or > 299)
        {
            return new InvocationOutcome(InvocationVerdict.Failed, status, body, []);
        }

        if (status == 204 || string.IsNullOrWhiteSpace(body) || body.Trim() == "null")
        {
            return new InvocationOutcome(InvocationVerdict.Hung, status, body, []);
        }

        return mediaType is "application/json" or "text/json" && TryReadLogs(body, out var logs)
            ? new InvocationOutcome(InvocationVerdict.Succeeded, status, body, logs)
            : new InvocationOutcome(InvocationVerdict.Failed, status, body, []);
    }

    private static bool TryReadLogs(string body, out IReadOnlyList<string> logs)
    {
        logs = [];
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            logs = document.RootElement.TryGetProperty(nameof(Logs), out var lines) && lines.ValueKind == JsonValueKind.Array
                ? [.. lines.EnumerateArray().Select(line => line.GetString()!)]
                : [];
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
