using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Gatehouse.Core.Ledger.Verification;

/// <summary>The format <c>gatehouse-ledger/1</c>: JSON lines, first a header, then an entry a line in order.</summary>
internal static class LedgerExport
{
    public const string Format = "gatehouse-ledger/1";

    private const int FlushBytes = 64 * 1024;

    /// <exception cref="InvalidDataException">There are fewer entries than <paramref name="size"/>.</exception>
    public static async Task WriteAsync(SignedCheckpoint signed, IAsyncEnumerable<LedgerEntry> entries, long size, Stream destination, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(FlushBytes * 2);
        await using var json = new Utf8JsonWriter(buffer);
        WriteHeader(json, buffer, signed);
        var written = 0L;
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, entry.Index);
            json.WriteBase64String("data"u8, entry.Data.Span);
            json.WriteEndObject();
            EndLine(json, buffer);
            written++;
            if (buffer.WrittenCount >= FlushBytes)
            {
                await destination.WriteAsync(buffer.WrittenMemory, cancellationToken);
                buffer.ResetWrittenCount();
            }
        }

        if (written != size)
        {
            throw new InvalidDataException($"The ledger's entry {written} is missing, although {size} are signed.");
        }

        await destination.WriteAsync(buffer.WrittenMemory, cancellationToken);
        await destination.FlushAsync(cancellationToken);
    }

    private static void WriteHeader(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer, SignedCheckpoint signed)
    {
        json.WriteStartObject();
        json.WriteString("format"u8, Format);
        json.WriteString("checkpoint"u8, signed.Body);
        json.WriteBase64String("signature"u8, signed.Signature);
        json.WriteString("keyId"u8, signed.KeyId);
        json.WriteString("publicKey"u8, PemEncoding.WriteString("PUBLIC KEY", signed.PublicKey));
        json.WriteEndObject();
        EndLine(json, buffer);
    }

    private static void EndLine(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer)
    {
        json.Flush();
        buffer.Write("\n"u8);
        json.Reset();
    }
}
