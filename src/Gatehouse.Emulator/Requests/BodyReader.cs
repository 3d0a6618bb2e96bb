using Gatehouse.Core.Streams;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Requests;

internal static class BodyReader
{
    /// <summary>The whole body, or null when it exceeds <paramref name="limit"/> bytes.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContext http, int limit, CancellationToken cancellationToken) =>
        http.Request.ContentLength > limit ? null : (await LimitedRead.ToEndAsync(http.Request.Body, limit, cancellationToken))?.ToArray();
}
