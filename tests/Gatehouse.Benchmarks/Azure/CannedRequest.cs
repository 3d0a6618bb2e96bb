using System.Text;

namespace Gatehouse.Benchmarks.Azure;

/// <summary>As much of a request as <see cref="CannedServer"/> has to understand, read without allocating.</summary>
internal static class CannedRequest
{
    private static readonly byte[] EndOfHeaders = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LengthHeader = "content-length:"u8.ToArray();

    /// <summary>Of the request at the start, headers and body; -1 while its headers are not all there.</summary>
    public static int LengthOf(ReadOnlySpan<byte> request)
    {
        var end = request.IndexOf(EndOfHeaders);
        if (end < 0)
        {
            return -1;
        }

        var length = 0;
        var headers = request[..(end + 2)];
        for (var line = headers; line.IndexOf((byte)'\n') is >= 0 and var next; line = line[(next + 1)..])
        {
            if (Ascii.EqualsIgnoreCase(line[..Math.Min(line.Length, LengthHeader.Length)], LengthHeader))
            {
                foreach (var digit in line[LengthHeader.Length..next].Trim(" \r"u8))
                {
                    length = (length * 10) + (digit - '0');
                }
            }
        }

        return end + EndOfHeaders.Length + length;
    }

    /// <summary>Between the method and the query, or the version.</summary>
    public static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> request)
    {
        var target = request[(request.IndexOf((byte)' ') + 1)..];
        return target[..target.IndexOfAny((byte)' ', (byte)'?')];
    }
}
