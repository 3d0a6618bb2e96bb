using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Gatehouse.Azure.Http;

namespace Gatehouse.Azure.Storage;

/// <summary>What an error's body and header say, in JSON or XML. Source: Table and Queue service REST API, "Status and error codes".</summary>
/// <param name="Code">The service's word or a fault's code; empty when there is none.</param>
/// <param name="Message">Its first line, at most 512 characters.</param>
internal sealed record StorageError(string Code, string Message)
{
    private const int MaxMessage = 512;

    private static readonly XmlReaderSettings Strict = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>Never throws: a body that is something else says nothing.</summary>
    public static StorageError Read(AzureAnswer answer)
    {
        if (answer.Fault is { } fault)
        {
            return new(fault.Code, fault.Message);
        }

        var said = Read(answer.Body);
        return said.Code.Length > 0 ? said : said with { Code = answer.Headers.GetValueOrDefault("x-ms-error-code") ?? string.Empty };
    }

    /// <summary>Whether storage itself says that the table or the entity is not there: any proxy answers 404 to something.</summary>
    public static bool IsRowAbsent(AzureAnswer answer) => IsAbsent(answer, "ResourceNotFound", "EntityNotFound", "TableNotFound");

    /// <summary>The same of a queue.</summary>
    public static bool IsQueueAbsent(AzureAnswer answer) => IsAbsent(answer, "QueueNotFound", "ResourceNotFound");

    /// <summary>The same of a message, or of its whole queue.</summary>
    public static bool IsMessageAbsent(AzureAnswer answer) => IsAbsent(answer, "MessageNotFound", "QueueNotFound", "ResourceNotFound");

    public static StorageError Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return body.Span.IndexOfAnyExcept(" \t\r\n"u8) is var first and >= 0 && body.Span[first] == '{' ? OfJson(body) : OfXml(body);
        }
        catch (Exception unreadable) when (unreadable is JsonException or XmlException or InvalidOperationException)
        {
            return new(string.Empty, string.Empty);
        }
    }

    /// <summary>The code may stand in the header only, or in the body only.</summary>
    private static bool IsAbsent(AzureAnswer answer, params ReadOnlySpan<string> codes) => answer.Status == 404 && codes.Contains(Read(answer).Code);

    /// <summary><c>{"odata.error":{"code","message":{"lang","value"}}}</c>; the message has been seen as plain text as well.</summary>
    private static StorageError OfJson(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var error = document.RootElement.TryGetProperty("odata.error", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : document.RootElement;
        var message = error.TryGetProperty("message", out var said) && said.ValueKind == JsonValueKind.Object ? Text(said, "value") : Text(error, "message");
        return new(Text(error, "code"), FirstLine(message));
    }

    private static StorageError OfXml(ReadOnlyMemory<byte> body)
    {
        using var reader = XmlReader.Create(new MemoryStream(body.ToArray()), Strict);
        var error = XDocument.Load(reader).Root!;
        string Text(string name) => error.Elements().FirstOrDefault(element => element.Name.LocalName.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value ?? string.Empty;
        return new(Text("Code"), FirstLine(Text("Message")));
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;

    /// <summary>Further ones repeat the request's id and time.</summary>
    private static string FirstLine(string text)
    {
        var line = text.Split('\n')[0].TrimEnd('\r');
        return line[..Math.Min(line.Length, MaxMessage)];
    }
}
