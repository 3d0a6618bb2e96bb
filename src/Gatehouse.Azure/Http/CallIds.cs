using Azure;

namespace Gatehouse.Azure.Http;

internal static class CallIds
{
    /// <summary><c> (client request …, request …)</c>, which support asks for; nothing when there is no answer.</summary>
    public static string Of(RequestFailedException failed) => failed.GetRawResponse() is { } response
        ? $" (client request {response.ClientRequestId}, request {(response.Headers.TryGetValue("x-ms-request-id", out var id) ? id : "unknown")})"
        : string.Empty;
}
