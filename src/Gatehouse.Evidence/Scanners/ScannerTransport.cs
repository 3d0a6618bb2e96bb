using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Gatehouse.Core.Streams;
using Gatehouse.Evidence.Reports;

namespace Gatehouse.Evidence.Scanners;

/// <summary>HTTP to one adapter: its authorization, its time limit, no redirects, no endless bodies.</summary>
internal sealed class ScannerTransport : IDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly ScannerOptions _options;
    private readonly HttpClient _http;
    private readonly string _base;

    public ScannerTransport(ScannerOptions options)
    {
        _options = options;
        _base = options.Url.TrimEnd('/') + "/api/v1";

        // A redirect means "not ready" in this protocol, and following one would carry the credential elsewhere.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _http = new HttpClient(handler) { Timeout = options.Timeout };
    }

    public async Task<ScannerAnswer> SendAsync(HttpMethod method, string path, string accept, HttpContent? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, _base + path) { Content = body };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        Authorize(request.Headers);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.Timeout);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            await using var content = await response.Content.ReadAsStreamAsync(deadline.Token);
            var bytes = await LimitedRead.ToEndAsync(content, ReportReader.MaxBytes, deadline.Token);
            return bytes is null
                ? ScannerAnswer.None($"{method} {path} answered more than {ReportReader.MaxBytes} bytes")
                : new ScannerAnswer(response.StatusCode, bytes.Value, response.Content.Headers.ContentType?.ToString(), Wait(response.Headers), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ScannerAnswer.None($"{method} {path} had no answer within {_options.Timeout}");
        }
        catch (HttpRequestException unreachable)
        {
            return ScannerAnswer.None($"{method} {path} failed: {unreachable.HttpRequestError}");
        }
        catch (IOException broken)
        {
            return ScannerAnswer.None($"{method} {path} broke off: {broken.Message}");
        }
    }

    public void Dispose() => _http.Dispose();

    private static TimeSpan? Wait(HttpResponseHeaders headers)
    {
        foreach (var name in (string[])["Refresh-After", "Retry-After"])
        {
            if (headers.TryGetValues(name, out var values)
                && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                return TimeSpan.FromTicks(Math.Clamp(TimeSpan.FromSeconds(seconds).Ticks, ShortestWait.Ticks, LongestWait.Ticks));
            }
        }

        return null;
    }

    private void Authorize(HttpRequestHeaders headers)
    {
        var secret = _options.Authorization.Secret;
        switch (_options.Authorization.Parsed)
        {
            case ScannerAuthorization.Basic:
                headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(secret!)));
                break;
            case ScannerAuthorization.Bearer:
                headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
                break;
            case ScannerAuthorization.ApiKey:
                headers.TryAddWithoutValidation("X-ScannerAdapter-API-Key", secret);
                break;
            default:
                break;
        }
    }
}
