using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Gatehouse.Core.Records.Embedded;

/// <summary>
/// Writes and reads frames: a marker, the payload's length, how much of the file was known to be on disk, a CRC-32C, the payload.
/// The CRC also covers the file's generation and the frame's place, so a stray copy of a frame is not taken for one.
/// </summary>
internal static class FrameCodec
{
    public const int HeaderLength = 20;

    /// <summary>Above any payload that <see cref="RecordLimits"/> lets arise.</summary>
    public const int MaxPayloadLength = RecordLimits.MaxBatchBytes + (RecordLimits.MaxBatchOperations * (RecordLimits.MaxKeyLength + 32)) + 2048;

    private const byte Put = 1;
    private const byte Delete = 2;

    /// <summary>"GHFR": lets a scan for frames after damage skip quickly.</summary>
    public static ReadOnlySpan<byte> Marker => "GHFR"u8;

    public static void Write(ArrayBufferWriter<byte> output, MutationSet set, long generation, long offset, long durable)
    {
        var start = output.WrittenCount;
        output.GetSpan(HeaderLength)[..HeaderLength].Clear();
        output.Advance(HeaderLength);
        WritePayload(output, set);

        // The header goes in last: it needs the payload's length and checksum.
        var frame = System.Runtime.InteropServices.MemoryMarshal.AsMemory(output.WrittenMemory)[start..].Span;
        Marker.CopyTo(frame);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], frame.Length - HeaderLength);
        BinaryPrimitives.WriteInt64LittleEndian(frame[8..], durable);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[16..], Checksum(frame, frame[HeaderLength..], generation, offset));
    }

    /// <summary>Reads a header; false when it cannot be one.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, out int length, out long durable)
    {
        length = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        durable = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        return header.StartsWith(Marker) && length is > 0 and <= MaxPayloadLength;
    }

    public static bool IsIntact(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, long generation, long offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[16..]) == Checksum(header, payload, generation, offset);

    public static MutationSet ReadPayload(ReadOnlySpan<byte> payload)
    {
        var table = ReadText(ref payload);
        var partition = ReadText(ref payload);
        var mutations = new Mutation[ReadNumber(ref payload)];
        for (var i = 0; i < mutations.Length; i++)
        {
            var kind = payload[0];
            payload = payload[1..];
            var row = ReadText(ref payload);
            if (kind == Delete)
            {
                mutations[i] = new(row, null);
                continue;
            }

            var version = (long)ReadNumber(ref payload);
            var length = (int)ReadNumber(ref payload);
            mutations[i] = new(row, new StoredRow(version, payload[..length].ToArray()));
            payload = payload[length..];
        }

        return new(table, partition, mutations);
    }

    private static void WritePayload(ArrayBufferWriter<byte> output, MutationSet set)
    {
        WriteText(output, set.Table);
        WriteText(output, set.Partition);
        WriteNumber(output, (ulong)set.Mutations.Count);
        foreach (var (row, after) in set.Mutations)
        {
            output.Write([after is null ? Delete : Put]);
            WriteText(output, row);
            if (after is not null)
            {
                WriteNumber(output, (ulong)after.Version);
                WriteNumber(output, (ulong)after.Data.Length);
                output.Write(after.Data);
            }
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, long generation, long offset)
    {
        Span<byte> place = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(place, generation);
        BinaryPrimitives.WriteInt64LittleEndian(place[8..], offset);
        var state = Crc32C.Append(Crc32C.Start, place);
        state = Crc32C.Append(state, header[..16]);
        return Crc32C.Finish(Crc32C.Append(state, payload));
    }

    private static void WriteText(ArrayBufferWriter<byte> output, string text)
    {
        WriteNumber(output, (ulong)text.Length);
        output.Advance(Encoding.ASCII.GetBytes(text, output.GetSpan(text.Length)));
    }

    private static string ReadText(ref ReadOnlySpan<byte> payload)
    {
        var length = (int)ReadNumber(ref payload);
        var text = Encoding.ASCII.GetString(payload[..length]);
        payload = payload[length..];
        return text;
    }

    private static void WriteNumber(ArrayBufferWriter<byte> output, ulong number)
    {
        var span = output.GetSpan(10);
        var length = 0;
        for (; number >= 0x80; number >>= 7)
        {
            span[length++] = (byte)(number | 0x80);
        }

        span[length++] = (byte)number;
        output.Advance(length);
    }

    private static ulong ReadNumber(ref ReadOnlySpan<byte> payload)
    {
        var (number, shift) = (0UL, 0);
        while (true)
        {
            var b = payload[0];
            payload = payload[1..];
            number |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return number;
            }

            shift += 7;
        }
    }
}
