namespace Gatehouse.Registry.Http;

/// <summary>One call to a registry, which may take several requests: tokens, redirects, retries.</summary>
/// <param name="Scope">The token scope expected; null for none.</param>
internal sealed record RegistryCall(HttpMethod Method, Uri Uri, string? Scope)
{
    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>Whether a compressed body is welcome; never for blobs, whose bytes are hashed as sent.</summary>
    public bool Compressible { get; init; }

    /// <summary>First byte wanted.</summary>
    public long Offset { get; init; }

    /// <summary>Makes the body anew for every try.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>Whether trying again after an answer that may or may not have taken effect is harmless.</summary>
    public bool Repeatable { get; init; } = true;

    /// <summary>The response outlives the call when reading it succeeds.</summary>
    public bool Streams { get; init; }

    /// <summary>Our id of the call, sent to the registry itself and to nobody it redirects to; null for none.</summary>
    public string? Id { get; init; }

    public string Line => Client.Failures.Line(Method, Uri);

    public HttpRequestMessage ToRequest(Uri uri)
    {
        var request = new HttpRequestMessage(Method, uri) { Content = Content?.Invoke() };
        if (Accept.Count > 0)
        {
            request.Headers.TryAddWithoutValidation("Accept", string.Join(", ", Accept));
        }

        if (Compressible)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        }

        if (Offset > 0)
        {
            request.Headers.Range = new System.Net.Http.Headers.RangeHeaderValue(Offset, null);
        }

        return request;
    }
}
