using Gatehouse.Registry.Client;

namespace Gatehouse.Registry.Http;

/// <param name="Transient">Whether another try may fare better.</param>
internal sealed record TransportFault(RegistryFailure Failure, bool Transient);

/// <summary>Turns the exceptions of sending and reading into failures.</summary>
internal static class TransportFaults
{
    /// <summary>Null for what is not a transport's fault: the caller's cancellation, bugs.</summary>
    public static TransportFault? Explain(Exception exception, string line, CancellationToken caller) => exception switch
    {
        OperationCanceledException => caller.IsCancellationRequested ? null : new(Failures.Unavailable(line, "timed out"), Transient: false),
        BodyTooLargeException or InvalidDataException or ForbiddenAddressException => new(Failures.Untrustworthy(line, exception.Message), Transient: false),
        // What was to be uploaded, not the registry, is wrong.
        BlobDigestException => new(Failures.Untrustworthy(line, exception.Message), Transient: false),
        HttpRequestException { InnerException: BlobDigestException source } => new(Failures.Untrustworthy(line, source.Message), Transient: false),
        HttpRequestException { InnerException: ForbiddenAddressException inner } => new(Failures.Untrustworthy(line, inner.Message), Transient: false),
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } =>
            new(Failures.Untrustworthy(line, "the answer is not HTTP as it should be: " + exception.Message), Transient: false),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new(Failures.Unavailable(line, "no secure connection: " + exception.Message), Transient: false),
        HttpRequestException or IOException => new(Failures.Unavailable(line, exception.Message), Transient: true),
        _ => null,
    };
}
