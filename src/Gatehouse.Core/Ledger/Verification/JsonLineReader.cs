namespace Gatehouse.Core.Ledger.Verification;

/// <summary>Reads lines ended by '\n' from a stream, none longer than a limit, in one reused buffer.</summary>
internal sealed class JsonLineReader(Stream stream, int maxLineLength)
{
    private byte[] _buffer = new byte[128 * 1024];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>The next line without its end, valid until the next call; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">The line is too long, or the last one is not ended.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var end = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = _buffer.AsMemory(_start, searched + end);
                _start += searched + end + 1;
                return line;
            }

            searched = _end - _start;
            if (searched > maxLineLength)
            {
                throw new InvalidDataException($"a line is longer than {maxLineLength} bytes");
            }

            if (_ended)
            {
                return searched == 0 ? null : throw new InvalidDataException("the last line is not ended by a newline");
            }

            MakeRoom();
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            (_end, _ended) = (_end + read, read == 0);
        }
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }
}
