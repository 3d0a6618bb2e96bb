using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Core.Results;

namespace Gatehouse.Cli.Http;

/// <param name="Body">Empty when there was none.</param>
internal sealed record ApiAnswer(int Status, string? MediaType, string Body, string? ETag);

/// <summary>Speaks to one address and to no other: no redirects, no cookies, and no proxy on the way to this machine.</summary>
internal sealed class ApiClient : IDisposable
{
    /// <summary>Bytes of an answer held in memory.</summary>
    public const int MaxAnswerBytes = 32 * 1024 * 1024;

    /// <summary>Bytes of a download to a file.</summary>
    public const long MaxDownloadBytes = 64L * 1024 * 1024 * 1024;

    /// <summary>For a whole answer; in a download, for the headers and for each read.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http;
    private readonly Uri _url;
    private readonly TimeProvider _clock;

    private ApiClient(Uri url, string? token, TimeProvider clock)
    {
        (_url, _clock) = (url, clock);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !ApiAddress.IsThisMachine(url),
            MaxResponseHeadersLength = 64,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("gatehouse", typeof(ApiClient).Assembly.GetName().Version?.ToString(3)));
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public static Result<ApiClient> Open(string url, string? token, TimeProvider clock)
    {
        if (token is not null && !token.All(c => c is > ' ' and < '\u007f'))
        {
            return new Error(ErrorKind.Invalid, "token-malformed", "The token holds a space, a line end or another character no token has; was it copied whole?", "--token");
        }

        return ApiAddress.Parse(url).Map(address => new ApiClient(address, token, clock));
    }

    /// <param name="path">Below the address given, without a leading slash.</param>
    public async Task<Result<ApiAnswer>> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? prepare, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, new Uri(_url, path));
        prepare?.Invoke(request);
        return await GuardAsync(() => ExchangeAsync(request, either.Token), timeout, cancellationToken);
    }

    /// <summary>Writes the body of an answer to a stream; returns how many bytes it had.</summary>
    public async Task<Result<long>> DownloadAsync(string path, Stream destination, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_url, path));
        return await GuardAsync(() => CopyAsync(request, destination, timeout, either.Token), timeout, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<Result<long>> CopyAsync(HttpResponseMessage response, Stream destination, long limit, Action onRead, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var chunk = new byte[64 * 1024];
        var total = 0L;
        for (int read; (read = await body.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            onRead();
            total += read;
            if (total > limit)
            {
                return ApiErrors.TooLarge(limit);
            }

            await destination.WriteAsync(chunk.AsMemory(0, read), cancellationToken);
        }

        return total;
    }

    private static async Task<Result<ApiAnswer>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var copied = await CopyAsync(response, buffer, MaxAnswerBytes, static () => { }, cancellationToken);
        return copied.Map(length => new ApiAnswer(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)length),
            response.Headers.ETag?.ToString()));
    }

    private static Result<ApiAnswer> Judge(HttpResponseMessage response, ApiAnswer answer) => response.IsSuccessStatusCode
        ? answer
        : ApiErrors.OfStatus(response.StatusCode, response.Headers.Location, answer.MediaType, answer.Body);

    private async Task<Result<ApiAnswer>> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return (await ReadAsync(response, cancellationToken)).Then(answer => Judge(response, answer));
    }

    private async Task<Result<long>> CopyAsync(HttpRequestMessage request, Stream destination, CancellationTokenSource timeout, CancellationToken cancellationToken)
    {
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return response.StatusCode == HttpStatusCode.OK
            ? await CopyAsync(response, destination, MaxDownloadBytes, () => timeout.CancelAfter(Patience), cancellationToken)
            : (await ReadAsync(response, cancellationToken)).Then(answer => Judge(response, answer)).Then<long>(answer =>
                ApiErrors.NotUnderstood($"The server answered {answer.Status} where a file was expected."));
    }

    private async Task<Result<T>> GuardAsync<T>(Func<Task<Result<T>>> exchange, CancellationTokenSource timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await exchange();
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return ApiErrors.TimedOut(_url, Patience);
        }
        catch (HttpRequestException exception)
        {
            return ApiErrors.Unreachable(_url, exception.InnerException is { } inner && !exception.Message.Contains(inner.Message, StringComparison.Ordinal) ? $"{exception.Message} {inner.Message}" : exception.Message);
        }
        catch (IOException exception) when (exception is HttpIOException || exception.InnerException is SocketException)
        {
            return ApiErrors.Unreachable(_url, "the answer broke off. " + exception.Message);
        }
    }
}
