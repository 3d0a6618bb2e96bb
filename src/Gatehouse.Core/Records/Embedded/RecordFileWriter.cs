using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Core.Records.Embedded;

/// <summary>Appends frames to one file. Frames are gathered, written in one go and flushed to disk together.</summary>
internal sealed class RecordFileWriter : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly long _generation;
    private readonly ArrayBufferWriter<byte> _gathered = new(64 * 1024);

    private RecordFileWriter(SafeFileHandle file, long generation, long length) => (_file, _generation, Length) = (file, generation, length);

    /// <summary>Bytes known to be on disk.</summary>
    public long Length { get; private set; }

    public int Gathered => _gathered.WrittenCount;

    public static RecordFileWriter Create(string path, long generation)
    {
        var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        RandomAccess.Write(file, RecordFileReader.FileHeader(generation), 0);
        RandomAccess.FlushToDisk(file);
        return new RecordFileWriter(file, generation, RecordFileReader.FileHeaderLength);
    }

    /// <summary>Continues a file after its last good frame, at <paramref name="length"/>; anything beyond is cut off.</summary>
    public static RecordFileWriter Continue(string path, long generation, long length)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.Read);
        if (RandomAccess.GetLength(file) != length)
        {
            RandomAccess.SetLength(file, length);
            RandomAccess.FlushToDisk(file);
        }

        return new RecordFileWriter(file, generation, length);
    }

    public void Gather(MutationSet set) => FrameCodec.Write(_gathered, set, _generation, Length + _gathered.WrittenCount, Length);

    public void Forget() => _gathered.ResetWrittenCount();

    /// <exception cref="IOException">The disk refuses; <see cref="Length"/> still says what is safe.</exception>
    public void WriteGathered() => RandomAccess.Write(_file, _gathered.WrittenSpan, Length);

    /// <exception cref="IOException">The disk refuses; what it holds of the gathered frames is unknown.</exception>
    public void Flush()
    {
        RandomAccess.FlushToDisk(_file);
        Length += _gathered.WrittenCount;
        _gathered.ResetWrittenCount();
    }

    /// <summary>Takes back a write that failed before it was flushed.</summary>
    public void CutBack() => RandomAccess.SetLength(_file, Length);

    public void Dispose() => _file.Dispose();
}
