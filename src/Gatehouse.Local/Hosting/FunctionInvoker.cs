using System.Net.Http.Headers;
using System.Text.Json;
using Gatehouse.Core.Time;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Local.Hosting;

/// <summary>Calls functions of the handler as the host does, and judges the answers as the host does: only a 2xx with a JSON object is a success.</summary>
internal sealed class FunctionInvoker(HttpClient client, Uri handler, IdSource ids, ILogger<FunctionInvoker> logger)
{
    /// <summary>host.json: functionTimeout.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    private const int MaxAnswerBytes = 1024 * 1024;

    public async Task<bool> InvokeAsync(string function, byte[] envelope, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(handler, "/" + function));
        request.Content = new ByteArrayContent(envelope);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.UserAgent.ParseAdd("Azure-Functions-Host/4.0.0.0");
        request.Headers.Add("X-Azure-Functions-HostVersion", "4.0.0.0");
        request.Headers.Add("X-Azure-Functions-InvocationId", ids.Next());
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (response.IsSuccessStatusCode && body.Length <= MaxAnswerBytes && IsObject(body))
            {
                return true;
            }

            Log.InvocationFailed(logger, function, (int)response.StatusCode, System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 512))));
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Log.InvocationUnreachable(logger, function, exception.Message);
        }

        return false;
    }

    private static bool IsObject(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
