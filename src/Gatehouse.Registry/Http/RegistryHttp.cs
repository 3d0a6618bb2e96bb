using System.Net;
using Gatehouse.Registry.Options;
using Gatehouse.Registry.Telemetry;

namespace Gatehouse.Registry.Http;

/// <summary>
/// The connections of one factory. Two pools, because pooled connections outlive the check that allowed them: what redirects and
/// foreign realms name must be public, what the operator names may be private.
/// </summary>
internal sealed class RegistryHttp : IDisposable
{
    private readonly HttpClient _named;
    private readonly HttpClient _public;
    private readonly TimeProvider _clock;
    private readonly string _userAgent;

    public RegistryHttp(RegistryOptions options, TimeProvider clock, NameLookup lookup)
    {
        (_clock, _userAgent) = (clock, options.UserAgent);
        _named = Create(options, new GuardedDialer(lookup, publicOnly: false));
        _public = Create(options, new GuardedDialer(lookup, publicOnly: true));
    }

    /// <summary>Sends one request, following nothing. The response's body is not read yet.</summary>
    public async Task<HttpResponseMessage> SendAsync(string registry, HttpRequestMessage request, bool publicOnly, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        var started = _clock.GetTimestamp();
        HttpStatusCode? status = null;
        try
        {
            var response = await (publicOnly ? _public : _named).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            status = response.StatusCode;
            return response;
        }
        finally
        {
            RegistryMetrics.Record(registry, request.Method, status, _clock.GetElapsedTime(started));
        }
    }

    public void Dispose()
    {
        _named.Dispose();
        _public.Dispose();
    }

    private static HttpClient Create(RegistryOptions options, GuardedDialer dialer) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        // A proxy would resolve names itself, after they were checked here.
        UseProxy = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = options.ConnectTimeout,
        MaxConnectionsPerServer = options.MaxConnectionsPerHost,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        ConnectCallback = dialer.ConnectAsync,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
