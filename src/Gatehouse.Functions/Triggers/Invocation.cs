using System.Text.Json;

namespace Gatehouse.Functions.Triggers;

/// <summary>One call of the Functions host.</summary>
/// <param name="Id">The invocation id; the same again for a retry by policy, a new one for a queue's retry.</param>
/// <param name="Data">Trigger values by binding name.</param>
internal sealed record Invocation(string Function, string Id, JsonElement Data)
{
    /// <summary>Depth of JSON texts within JSON texts: the host encodes a string twice, a producer may have done so once more.</summary>
    private const int MaxUnwraps = 4;

    /// <summary>A trigger's value with every layer of "a string that holds JSON" taken off. Undefined when there is no such binding.</summary>
    public JsonElement Unwrap(string binding)
    {
        return Data.TryGetProperty(binding, out var value) ? Unwrap(value) : default;
    }

    public static JsonElement Unwrap(JsonElement value)
    {
        for (var i = 0; i < MaxUnwraps && value.ValueKind == JsonValueKind.String && TryParse(value.GetString()!, out var inner); i++)
        {
            value = inner;
        }

        return value;
    }

    public static bool TryParse(string text, out JsonElement element)
    {
        element = default;
        try
        {
            using var document = JsonDocument.Parse(text, InvocationReader.Json);
            element = document.RootElement.Clone();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
