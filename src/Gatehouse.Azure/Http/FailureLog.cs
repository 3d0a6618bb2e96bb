using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Http;

/// <summary>Tells of every call that failed in the end, once, with all the ids that its service's support asks for.</summary>
internal sealed class FailureLog(ILogger log) : HttpPipelineSynchronousPolicy
{
    /// <summary>The call carries its log, because only its end knows what the body said.</summary>
    public override void OnSendingRequest(HttpMessage message) => message.SetProperty(typeof(FailureLog), log);

    public static void Report(HttpMessage message, AzureAnswer answer)
    {
        // That something is not there, or has changed meanwhile, is an answer; who asked says what it means.
        if (answer.Status is (> 0 and < 400) or 404 or 409 or 412 || !message.TryGetProperty(typeof(FailureLog), out var value) || value is not ILogger log)
        {
            return;
        }

        log.CallFailed(
            message.Request.Method.Method,
            message.Request.Uri.Host ?? string.Empty,
            message.Request.Uri.Path,
            answer.Status,
            answer.Fault?.Code ?? ErrorBody.Read(answer.Body).Code ?? answer.Headers.GetValueOrDefault("x-ms-error-code"),
            answer.ClientRequestId,
            answer.RequestId,
            answer.CorrelationId);
    }
}
