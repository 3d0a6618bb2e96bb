using System.Net;
using Gatehouse.Registry.Documents;

namespace Gatehouse.Registry.Client;

/// <summary>Builds failures, so that each kind is decided in one place.</summary>
internal static class Failures
{
    private const int MaxBody = 2048;

    public static string Line(HttpMethod method, Uri uri) => $"{method} {uri.GetLeftPart(UriPartial.Path)}";

    public static RegistryFailure Untrustworthy(string line, string message, HttpStatusCode? status = null) =>
        new(RegistryFailureKind.Untrustworthy, message, line, status);

    public static RegistryFailure Unavailable(string line, string message) => new(RegistryFailureKind.Unavailable, message, line);

    public static RegistryFailure Refused(string line, string message) => new(RegistryFailureKind.Refused, message, line);

    /// <summary>Why there is no grant. That a token service is not there says nothing of the image, so its 404 must not pass for the registry's.</summary>
    public static RegistryFailure OfAuthentication(RegistryFailure failure) =>
        failure.Status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed ? failure with { Kind = RegistryFailureKind.Refused, Status = null } : failure;

    public static RegistryFailure OfStatus(string line, HttpStatusCode status, ReadOnlySpan<byte> body, TimeSpan? retryAfter)
    {
        var (codes, said) = ErrorEnvelope.Read(body);
        var text = ErrorEnvelope.Printable(body, MaxBody);
        var message = $"answered {(int)status}" + (codes.Count > 0 ? $" {string.Join(", ", codes)}" : string.Empty) + (said.Length > 0 ? $": {said}" : string.Empty);
        return new RegistryFailure(KindOf(status), message, line, status, codes, retryAfter, text.Length == 0 ? null : text);
    }

    private static RegistryFailureKind KindOf(HttpStatusCode status) => (int)status switch
    {
        404 => RegistryFailureKind.NotFound,
        401 or 403 => RegistryFailureKind.Denied,
        429 => RegistryFailureKind.Throttled,
        408 or >= 500 => RegistryFailureKind.Unavailable,
        >= 400 => RegistryFailureKind.Refused,
        _ => RegistryFailureKind.Untrustworthy,
    };
}
