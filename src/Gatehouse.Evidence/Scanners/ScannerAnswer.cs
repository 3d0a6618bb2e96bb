using System.Net;

namespace Gatehouse.Evidence.Scanners;

/// <summary>What the adapter answered: a status and a body, or why there is none.</summary>
/// <param name="Fault">Unreachable, timed out, or too long an answer; null when it answered.</param>
/// <param name="RetryAfter">From <c>Refresh-After</c> or <c>Retry-After</c>, kept between a second and ten minutes.</param>
internal sealed record ScannerAnswer(HttpStatusCode Status, ReadOnlyMemory<byte> Body, string? ContentType, TimeSpan? RetryAfter, string? Fault)
{
    public static ScannerAnswer None(string fault) => new(default, default, null, null, fault);

    public bool IsSuccess => Fault is null && (int)Status is >= 200 and < 300;
}
