using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Gatehouse.Emulator.Storage;

/// <summary>
/// An append-only file of JSON lines. Each line is one write to the file, so a killed process leaves at most a torn last line,
/// which is cut off on opening.
/// </summary>
internal sealed class Journal<T> : IDisposable
{
    private readonly FileStream _file;
    private readonly JsonTypeInfo<T> _type;
    private readonly MemoryStream _line = new();

    public Journal(string path, JsonTypeInfo<T> type)
    {
        _type = type;
        _file = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0 });
    }

    /// <summary>Reads all lines and leaves the journal ready to append. Call once, before the first append.</summary>
    /// <exception cref="InvalidDataException">A line other than a torn last one cannot be read.</exception>
    public IEnumerable<T> Replay()
    {
        long good = 0;
        var number = 0;
        using var reader = new BufferedStream(new FileStream(_file.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), 1 << 16);
        while (ReadLine(reader, _line))
        {
            number++;
            T? entry;
            try
            {
                entry = JsonSerializer.Deserialize(_line.GetBuffer().AsSpan(0, (int)_line.Length), _type);
            }
            catch (JsonException exception)
            {
                throw new InvalidDataException($"Line {number} of '{_file.Name}' is not a journal entry: {exception.Message}", exception);
            }

            good += _line.Length + 1;
            if (entry is not null)
            {
                yield return entry;
            }
        }

        _file.SetLength(good);
        _file.Position = good;
    }

    public void Append(T entry)
    {
        _line.SetLength(0);
        JsonSerializer.Serialize(_line, entry, _type);
        _line.WriteByte((byte)'\n');
        _file.Write(_line.GetBuffer().AsSpan(0, (int)_line.Length));
    }

    public void Dispose()
    {
        _file.Dispose();
        _line.Dispose();
    }

    /// <summary>False at the end, and for a last line without its newline.</summary>
    private static bool ReadLine(BufferedStream reader, MemoryStream line)
    {
        line.SetLength(0);
        int next;
        while ((next = reader.ReadByte()) >= 0)
        {
            if (next == '\n')
            {
                return true;
            }

            line.WriteByte((byte)next);
        }

        return false;
    }
}
