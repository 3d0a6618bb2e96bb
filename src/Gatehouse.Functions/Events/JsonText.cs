using System.Text.Json;

namespace Gatehouse.Functions.Events;

/// <summary>Reads members of JSON others wrote: missing, of another type or within something that is no object, all the same, is null.</summary>
internal static class JsonText
{
    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
    }
}
