using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Gatehouse.Core.Queues;

namespace Gatehouse.Azure.Storage.Queues;

/// <summary>The bodies of the Queue service; we write texts as base64 of UTF-8, as the Functions host expects them.</summary>
internal static class QueueXml
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly XmlReaderSettings Strict = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    public static byte[] Write(ReadOnlySpan<byte> text) =>
        Encoding.ASCII.GetBytes($"<QueueMessage><MessageText>{Convert.ToBase64String(text)}</MessageText></QueueMessage>");

    /// <exception cref="IOException">It is no list of messages.</exception>
    public static IReadOnlyList<QueueMessage> Read(string queue, ReadOnlyMemory<byte> body) => Read(queue, body, message => new QueueMessage(
        queue,
        Text(message, "MessageId"),
        Decode(Text(message, "MessageText")),
        int.Parse(Text(message, "DequeueCount"), NumberStyles.None, CultureInfo.InvariantCulture),
        Time(message, "InsertionTime"),
        Time(message, "TimeNextVisible"),
        Text(message, "PopReceipt")));

    /// <inheritdoc cref="Read(string, ReadOnlyMemory{byte})"/>
    public static IReadOnlyList<PeekedMessage> ReadPeeked(string queue, ReadOnlyMemory<byte> body) => Read(queue, body, message =>
        new PeekedMessage(Text(message, "MessageId"), Decode(Text(message, "MessageText")), Time(message, "InsertionTime")));

    private static List<T> Read<T>(string queue, ReadOnlyMemory<byte> body, Func<XElement, T> read)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body.ToArray()), Strict);
            return [.. XDocument.Load(reader).Root!.Elements("QueueMessage").Select(read)];
        }
        catch (Exception unreadable) when (unreadable is XmlException or FormatException or InvalidOperationException)
        {
            throw new IOException($"Queue '{queue}' answered with messages that cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Base64 of UTF-8, or what another program put there as it is.</summary>
    private static string Decode(string text)
    {
        try
        {
            return StrictUtf8.GetString(Convert.FromBase64String(text));
        }
        catch (Exception raw) when (raw is FormatException or DecoderFallbackException)
        {
            return text;
        }
    }

    private static string Text(XElement message, string name) => message.Element(name)?.Value ?? throw new FormatException($"a message lacks {name}");

    private static DateTimeOffset Time(XElement message, string name) => DateTimeOffset.ParseExact(Text(message, name), "R", CultureInfo.InvariantCulture);
}
