using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Distribution;

/// <summary>Sends a file whole or the one range asked for. Source: RFC 9110 section 14.</summary>
internal static class ByteRange
{
    public static async Task SendAsync(HttpContext http, string path, long size)
    {
        var response = http.Response;
        response.Headers.AcceptRanges = "bytes";
        response.ContentType = "application/octet-stream";
        var (offset, length) = (0L, size);
        if (Parse(http.Request.Headers.Range.ToString(), size) is { } range)
        {
            if (range.Length == 0)
            {
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                response.Headers.ContentRange = $"bytes */{size}";
                response.ContentLength = 0;
                return;
            }

            (offset, length) = range;
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {offset}-{offset + length - 1}/{size}";
        }

        response.ContentLength = length;
        if (length > 0 && !HttpMethods.IsHead(http.Request.Method))
        {
            await response.SendFileAsync(path, offset, length, http.RequestAborted);
        }
    }

    /// <summary>Null means all of it: no range, several, or none that can be read. A length of 0 means it cannot be satisfied.</summary>
    private static (long Offset, long Length)? Parse(string header, long size)
    {
        if (!header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) || header.Contains(',', StringComparison.Ordinal) || header["bytes=".Length..].Split('-') is not [var first, var last])
        {
            return null;
        }

        var hasFirst = long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from);
        var hasLast = long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var to);
        if (!hasFirst)
        {
            return hasLast && first.Length == 0 ? (Math.Max(0, size - to), Math.Min(size, to)) : null;
        }

        if (from >= size)
        {
            return (0, 0);
        }

        to = hasLast ? Math.Min(to, size - 1) : size - 1;
        return to < from ? null : (from, to - from + 1);
    }
}
