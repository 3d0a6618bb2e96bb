using System.Text;

namespace Gatehouse.Azure.Http;

/// <summary>A service's answer, whatever its status, or why there is none.</summary>
/// <param name="Status">0 when there is no answer.</param>
/// <param name="Fault">Null when it answered.</param>
internal sealed record AzureAnswer(int Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter, string? Location, AzureFault? Fault = null)
{
    private const int MaxExcerpt = 200;

    /// <summary>By name in any case; empty when there is no answer.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The <c>x-ms-client-request-id</c> it was asked with, the same for every try.</summary>
    public string? ClientRequestId { get; init; }

    /// <summary>The service's id of the call.</summary>
    public string? RequestId => Headers.GetValueOrDefault("x-ms-request-id");

    /// <summary>The id of all that belongs to the call; Resource Manager gives one, and so do registries and their token services.</summary>
    public string? CorrelationId => Headers.GetValueOrDefault("x-ms-correlation-request-id");

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Asking again later may give another answer.</summary>
    public bool IsTransient => Fault is not null || Status is 408 or 429 or >= 500;

    /// <summary>The body's beginning on one line, for a message about an answer that is not the service's own: at most 200 characters, all printable.</summary>
    public string Excerpt()
    {
        var text = Encoding.UTF8.GetString(Body.Span[..Math.Min(Body.Length, MaxExcerpt * 4)]);
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        line = string.Concat(line.Where(c => !char.IsControl(c)));
        return line[..Math.Min(line.Length, MaxExcerpt)];
    }
}

/// <summary>No answer: unreachable, timed out, too long, or no token to ask with.</summary>
/// <param name="Code">In kebab case.</param>
internal sealed record AzureFault(string Code, string Message);
