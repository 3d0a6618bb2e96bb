using System.Text;
using Gatehouse.Core.Records;

namespace Gatehouse.Azure.Storage.Tables;

/// <summary>An entity group transaction's body. Source: Performing entity group transactions.</summary>
internal static class BatchBody
{
    /// <summary>Source: the same page, 4 MiB.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    public static string ContentType(string id) => $"multipart/mixed; boundary=batch_{id}";

    /// <exception cref="ArgumentException">The service would not take a body so long.</exception>
    public static byte[] Write(string id, IReadOnlyList<TableCall> calls)
    {
        using var body = new MemoryStream();
        void Line(string text) => body.Write(Encoding.ASCII.GetBytes(text + "\r\n"));
        Line($"--batch_{id}");
        Line($"Content-Type: multipart/mixed; boundary=changeset_{id}");
        Line(string.Empty);
        foreach (var call in calls)
        {
            Line($"--changeset_{id}");
            Line("Content-Type: application/http");
            Line("Content-Transfer-Encoding: binary");
            Line(string.Empty);
            Line($"{call.Method.Method} {call.Uri.AbsoluteUri} HTTP/1.1");
            foreach (var (name, value) in call.Headers())
            {
                Line($"{name}: {value}");
            }

            Line(string.Empty);
            body.Write(call.Body ?? []);
            Line(string.Empty);
        }

        Line($"--changeset_{id}--");
        Line($"--batch_{id}--");
        return body.Length <= MaxBytes
            ? body.ToArray()
            : throw new ArgumentException($"A batch is sent in at most {MaxBytes} bytes; this one, of {calls.Count} operations, takes {body.Length} (see {nameof(RecordLimits)}.{nameof(RecordLimits.MaxBatchBytes)}).", nameof(calls));
    }
}
