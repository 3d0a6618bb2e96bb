using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Gatehouse.Core.Streams;

namespace Gatehouse.Azure.Http;

internal static class AzureCall
{
    /// <summary>Longest answer, in bytes: 1 MiB.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const int MaxMessage = 512;

    /// <summary>One call, with the pipeline's retries. Faults of the network and of the credential are answers too.</summary>
    public static Task<AzureAnswer> SendAsync(this HttpPipeline pipeline, Action<Request> fill, CancellationToken cancellationToken) =>
        pipeline.SendAsync(fill, "application/json", MaxBytes, cancellationToken);

    /// <param name="accept">The kinds of body we read.</param>
    /// <param name="maxBytes">Longest answer.</param>
    public static async Task<AzureAnswer> SendAsync(this HttpPipeline pipeline, Action<Request> fill, string accept, int maxBytes, CancellationToken cancellationToken)
    {
        using var message = pipeline.CreateMessage();
        var answer = await AnswerAsync(pipeline, message, fill, accept, maxBytes, cancellationToken);
        answer = answer with { ClientRequestId = message.Request.ClientRequestId };
        FailureLog.Report(message, answer);
        return answer;
    }

    private static async Task<AzureAnswer> AnswerAsync(HttpPipeline pipeline, HttpMessage message, Action<Request> fill, string accept, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            message.BufferResponse = false;
            fill(message.Request);
            message.Request.Headers.SetValue("Accept", accept);
            await pipeline.SendAsync(message, cancellationToken);
            return await ReadAsync(message.Response, maxBytes, BoundedRetryPolicy.ClockOf(message), cancellationToken);
        }
        catch (Exception exception) when (FaultOf(exception, cancellationToken) is { } fault)
        {
            // After a lost try, a caller that gave up is thrown among the tries' failures.
            cancellationToken.ThrowIfCancellationRequested();
            return new AzureAnswer(0, default, null, null, fault);
        }
    }

    /// <summary>Why there is no answer; null when the exception says something else.</summary>
    public static AzureFault? FaultOf(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        AuthenticationFailedException refused => new AzureFault("credential-failed", Cut(refused.Message)),
        OperationCanceledException when !cancellationToken.IsCancellationRequested => new AzureFault("timed-out", "The service did not answer in time."),
        AggregateException { InnerExceptions: var all } when all.All(IsNetwork) => new AzureFault("unreachable", Cut(all[^1].Message)),
        RequestFailedException or IOException => new AzureFault("unreachable", Cut(exception.Message)),
        _ => null,
    };

    private static bool IsNetwork(Exception exception) => exception is RequestFailedException or IOException or OperationCanceledException;

    private static async Task<AzureAnswer> ReadAsync(Response response, int maxBytes, TimeProvider clock, CancellationToken cancellationToken)
    {
        response.Headers.TryGetValue("Location", out var location);
        var body = response.ContentStream is { } content ? await LimitedRead.ToEndAsync(content, maxBytes, cancellationToken) : ReadOnlyMemory<byte>.Empty;
        return body is null
            ? Faulted("answer-too-long", $"The service answered {response.Status} with more than {maxBytes} bytes.")
            : new AzureAnswer(response.Status, body.Value, RetryAfterHeader.Read(response, clock), location)
            {
                Headers = response.Headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase),
            };
    }

    private static AzureAnswer Faulted(string code, string message) => new(0, default, null, null, new AzureFault(code, message));

    private static string Cut(string text) => text[..Math.Min(text.Length, MaxMessage)];
}
