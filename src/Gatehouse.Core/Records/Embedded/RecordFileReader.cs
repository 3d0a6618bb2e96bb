using System.Buffers.Binary;

namespace Gatehouse.Core.Records.Embedded;

/// <summary>Reads the frames of one journal or snapshot, and judges what follows the last good one.</summary>
internal static class RecordFileReader
{
    public const int FileHeaderLength = 16;

    private const int ScanWindow = 1 << 20;

    public static ReadOnlySpan<byte> Magic => "GHREC01\n"u8;

    public static byte[] FileHeader(long generation)
    {
        var header = new byte[FileHeaderLength];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(Magic.Length), generation);
        return header;
    }

    /// <summary>Applies every good frame and returns where they end; 0 when not even the file's header is whole.</summary>
    /// <param name="mayBeTorn">Whether a bad end is what a crash leaves in a file being written, and may be cut off.</param>
    /// <exception cref="InvalidDataException">The file is damaged in a way that no crash explains.</exception>
    public static long Read(string path, long generation, bool mayBeTorn, Action<MutationSet> apply)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, ScanWindow, FileOptions.SequentialScan);
        Span<byte> header = stackalloc byte[FrameCodec.HeaderLength];
        var head = header[..file.ReadAtLeast(header[..FileHeaderLength], FileHeaderLength, throwOnEndOfStream: false)];
        if (!head.SequenceEqual(FileHeader(generation)))
        {
            return head.Length < FileHeaderLength && mayBeTorn ? 0 : throw Damaged(path, 0, "its header is not that of this store");
        }

        var payload = Array.Empty<byte>();
        for (var offset = (long)FileHeaderLength; ; offset += FrameCodec.HeaderLength + payload.Length)
        {
            var read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            if (read == 0)
            {
                return offset;
            }

            if (read < header.Length
                || !FrameCodec.TryReadHeader(header, out var length, out _)
                || file.Length - offset - header.Length < length
                || !TryReadPayload(file, header, length, generation, offset, out payload))
            {
                RefuseUnlessTorn(path, generation, mayBeTorn, offset);
                return offset;
            }

            apply(FrameCodec.ReadPayload(payload));
        }
    }

    private static bool TryReadPayload(FileStream file, ReadOnlySpan<byte> header, int length, long generation, long offset, out byte[] payload)
    {
        payload = new byte[length];
        file.ReadExactly(payload);
        return FrameCodec.IsIntact(header, payload, generation, offset);
    }

    /// <summary>A later frame written when this place was already safely on disk proves that it was damaged since, not torn.</summary>
    private static void RefuseUnlessTorn(string path, long generation, bool mayBeTorn, long offset)
    {
        if (!mayBeTorn)
        {
            throw Damaged(path, offset, "a frame is not intact");
        }

        if (FindWitness(path, generation, offset) is { } witness)
        {
            throw Damaged(path, offset, $"a frame is not intact, yet an intact one follows at byte {witness}");
        }
    }

    private static long? FindWitness(string path, long generation, long damaged)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var window = new byte[ScanWindow];
        for (var start = damaged + 1; ;)
        {
            var read = RandomAccess.Read(file, window, start);
            var found = window.AsSpan(0, read).IndexOf(FrameCodec.Marker);
            if (found >= 0)
            {
                if (IsWitness(file, generation, start + found, damaged))
                {
                    return start + found;
                }

                start += found + 1;
            }
            else if (read < FrameCodec.Marker.Length)
            {
                return null;
            }
            else
            {
                start += read - FrameCodec.Marker.Length + 1;
            }
        }
    }

    private static bool IsWitness(Microsoft.Win32.SafeHandles.SafeFileHandle file, long generation, long offset, long damaged)
    {
        var header = new byte[FrameCodec.HeaderLength];
        if (RandomAccess.Read(file, header, offset) < header.Length || !FrameCodec.TryReadHeader(header, out var length, out var durable) || durable <= damaged)
        {
            return false;
        }

        var payload = new byte[length];
        return RandomAccess.Read(file, payload, offset + header.Length) == length && FrameCodec.IsIntact(header, payload, generation, offset);
    }

    private static InvalidDataException Damaged(string path, long offset, string what) =>
        new($"The record store's file '{path}' is damaged at byte {offset}: {what}. Nothing was changed; restore the directory from a copy.");
}
