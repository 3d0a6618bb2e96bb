using System.Text.Json;

namespace Gatehouse.Azure.Http;

/// <summary>What an error's body says: ARM's <c>{"error":{…}}</c>, or a registry's <c>{"errors":[…]}</c>.</summary>
/// <param name="Code">Null when it says none.</param>
/// <param name="Message">Its details joined to it, at most 1,024 characters; empty when it says nothing.</param>
internal sealed record ErrorBody(string? Code, string Message)
{
    private const int MaxMessage = 1024;
    private const int MaxDetails = 8;

    public static ErrorBody None { get; } = new(null, string.Empty);

    /// <summary>Never throws: a body that is something else says nothing.</summary>
    public static ErrorBody Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Read(document.RootElement);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return None;
        }
    }

    private static ErrorBody Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return None;
        }

        if (root.TryGetProperty("errors", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            return list.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first ? new ErrorBody(Text(first, "code"), Cut(Text(first, "message"))) : None;
        }

        var error = root.TryGetProperty("error", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : root;
        var details = error.TryGetProperty("details", out var more) && more.ValueKind == JsonValueKind.Array
            ? more.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Take(MaxDetails).Select(item => $"{Text(item, "code")}: {Text(item, "message")}")
            : [];
        return new ErrorBody(Text(error, "code"), Cut(string.Join("; ", details.Prepend(Text(error, "message")).Where(text => !string.IsNullOrEmpty(text)))));
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Cut(string? text) => text is null ? string.Empty : text[..Math.Min(text.Length, MaxMessage)];
}
