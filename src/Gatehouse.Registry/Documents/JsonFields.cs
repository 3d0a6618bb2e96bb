using System.Text.Json;

namespace Gatehouse.Registry.Documents;

/// <summary>Reads fields of documents others wrote. Wrong types are errors; absent and null are the same.</summary>
internal static class JsonFields
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <exception cref="FormatException">It is not a JSON object, or names a field twice.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            var document = JsonDocument.Parse(content, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            throw new FormatException("it is not a JSON object");
        }
        catch (JsonException e)
        {
            throw new FormatException("it is not JSON as expected: " + e.Message, e);
        }
    }

    public static JsonElement? Field(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(JsonElement owner, string name)
    {
        if (Field(owner, name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String ? Decode(value, name) : throw new FormatException($"'{name}' is not a string");
    }

    public static IEnumerable<JsonElement> Objects(JsonElement owner, string name)
    {
        foreach (var item in Items(owner, name))
        {
            yield return item.ValueKind == JsonValueKind.Object ? item : throw new FormatException($"'{name}' holds something that is not an object");
        }
    }

    public static IEnumerable<string> Texts(JsonElement owner, string name)
    {
        foreach (var item in Items(owner, name))
        {
            yield return item.ValueKind == JsonValueKind.String ? Decode(item, name) : throw new FormatException($"'{name}' holds something that is not a string");
        }
    }

    public static IReadOnlyDictionary<string, string>? Map(JsonElement owner, string name)
    {
        if (Field(owner, name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"'{name}' is not an object");
        }

        return value.EnumerateObject().ToDictionary(
            entry => entry.Name,
            entry => entry.Value.ValueKind == JsonValueKind.String ? Decode(entry.Value, name) : throw new FormatException($"'{name}' holds something that is not a string"));
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement owner, string name) => Field(owner, name) switch
    {
        null => default,
        { ValueKind: JsonValueKind.Array } array => array.EnumerateArray(),
        _ => throw new FormatException($"'{name}' is not an array"),
    };

    // GetString throws on lone surrogates and broken UTF-8.
    private static string Decode(JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"'{name}' is not valid text", e);
        }
    }
}
