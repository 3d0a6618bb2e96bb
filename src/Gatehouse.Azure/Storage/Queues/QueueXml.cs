using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Gatehouse.Core.Queues;

namespace Gatehouse.Azure.Storage.Queues;

/// <summary>The bodies of the Queue service; texts are base64 of UTF-8, as the Functions host expects them.</summary>
internal static class QueueXml
{
    private static readonly XmlReaderSettings Strict = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    public static byte[] Write(ReadOnlySpan<byte> text) =>
        Encoding.ASCII.GetBytes($"<QueueMessage><MessageText>{Convert.ToBase64String(text)}</MessageText></QueueMessage>");

    /// <exception cref="IOException">It is no list of messages, or one's text is not base64.</exception>
    public static IReadOnlyList<QueueMessage> Read(string queue, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body.ToArray()), Strict);
            return [.. XDocument.Load(reader).Root!.Elements("QueueMessage").Select(message => Read(queue, message))];
        }
        catch (Exception unreadable) when (unreadable is XmlException or FormatException or InvalidOperationException)
        {
            throw new IOException($"Queue '{queue}' answered with messages that cannot be read: {unreadable.Message}", unreadable);
        }
    }

    private static QueueMessage Read(string queue, XElement message)
    {
        string Text(string name) => message.Element(name)?.Value ?? throw new FormatException($"a message lacks {name}");
        return new QueueMessage(
            queue,
            Text("MessageId"),
            Encoding.UTF8.GetString(Convert.FromBase64String(Text("MessageText"))),
            int.Parse(Text("DequeueCount"), NumberStyles.None, CultureInfo.InvariantCulture),
            Time(Text("InsertionTime")),
            Time(Text("TimeNextVisible")),
            Text("PopReceipt"));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.ParseExact(text, "R", CultureInfo.InvariantCulture);
}
