using System.Text;
using System.Text.Json;

namespace Gatehouse.Registry.Documents;

/// <summary>Reads error bodies as leniently as they are written: objects or arrays as detail, or not JSON at all. Source: OCI distribution-spec "Error Codes".</summary>
internal static class ErrorEnvelope
{
    private const int MaxCodes = 8;
    private const int MaxMessage = 300;

    /// <summary>The codes, and the first message.</summary>
    public static (IReadOnlyList<string> Codes, string Message) Read(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return ([], string.Empty);
        }

        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return ([], Printable(body, MaxMessage).Trim());
        }
    }

    /// <summary>The body as one line of text, cut to <paramref name="limit"/> characters and free of control characters.</summary>
    public static string Printable(ReadOnlySpan<byte> body, int limit) =>
        OneLine(Encoding.UTF8.GetString(body[..Math.Min(body.Length, limit)]), limit);

    private static (IReadOnlyList<string> Codes, string Message) Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("errors", out var errors) || errors.ValueKind != JsonValueKind.Array)
        {
            return ([], string.Empty);
        }

        var codes = new List<string>();
        var message = string.Empty;
        foreach (var error in errors.EnumerateArray().Where(error => error.ValueKind == JsonValueKind.Object).Take(MaxCodes))
        {
            if (Text(error, "code") is { } code)
            {
                codes.Add(OneLine(code, 64));
            }

            message = message.Length > 0 ? message : OneLine(Text(error, "message") ?? string.Empty, MaxMessage);
        }

        return (codes, message);
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string OneLine(string text, int limit) =>
        string.Concat(text.Take(limit).Select(c => char.IsControl(c) ? ' ' : c));
}
