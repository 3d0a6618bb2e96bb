using System.Text;
using System.Text.Json;

namespace Gatehouse.Functions.Triggers;

/// <summary>
/// The text of a queue message. With <c>messageEncoding: none</c> the host hands it over as it stands on the queue: our own messages are
/// base64 (as every host's default wants them), Event Grid's may be either. JSON is never taken for base64: it starts with <c>{</c> or <c>[</c>.
/// </summary>
internal static class QueueText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The JSON of the message, with every layer of encoding taken off; a string element when it is no JSON; Undefined when there is no message.</summary>
    public static JsonElement Read(Invocation invocation, string binding)
    {
        var value = invocation.Unwrap(binding);
        return value.ValueKind == JsonValueKind.String && Decode(value.GetString()!) is { } text && Invocation.TryParse(text, out var inner)
            ? Invocation.Unwrap(inner)
            : value;
    }

    private static string? Decode(string text)
    {
        var bytes = new byte[(text.Length * 3 / 4) + 3];
        try
        {
            return Convert.TryFromBase64String(text, bytes, out var length) ? Strict.GetString(bytes, 0, length) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
