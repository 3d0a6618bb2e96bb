using System.Text;
using System.Text.Json;
using Gatehouse.Azure.Http;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Results;

namespace Gatehouse.Azure.Arm;

internal static class ArmFailures
{
    /// <summary>Characters of the service's own words that are kept.</summary>
    private const int MaxBody = 4096;

    /// <summary>Of a token that was good until now; a new one will be.</summary>
    private const string Expired = "ExpiredAuthenticationToken";

    /// <param name="secret">What of our own request must not come back in words; null when there is none.</param>
    public static ArmFailure Of(AzureAnswer answer, string? secret = null)
    {
        // Before anything is cut: half a secret is one too many.
        var body = Without(secret, Encoding.UTF8.GetString(answer.Body.Span));
        var (code, message) = Judge(secret is null ? answer : answer with { Body = Encoding.UTF8.GetBytes(body) });
        return new ArmFailure(
            answer.Status == 404 && !IsAbsent(answer) ? ErrorKind.Unavailable : Kind(answer.Status),
            code,
            message,
            answer.Status,
            answer.IsTransient || string.Equals(code, Expired, StringComparison.OrdinalIgnoreCase),
            body.Length == 0 ? null : Cut(body))
        {
            RetryAfter = answer.RetryAfter,
            ClientRequestId = answer.ClientRequestId,
            RequestId = answer.RequestId,
            CorrelationId = answer.CorrelationId,
        };
    }

    /// <summary>Whether Resource Manager or the provider itself says that the resource, its group or its subscription is not there: any proxy answers 404 to something.</summary>
    public static bool IsAbsent(AzureAnswer answer) => answer.Status == 404 && ErrorBody.Read(answer.Body).Code?.EndsWith("NotFound", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>The service answered, but not with what was asked for.</summary>
    public static ArmFailure Senseless(AzureAnswer answer, string what) =>
        Of(answer) with { Kind = ErrorKind.Unavailable, Code = "answer-senseless", Message = $"The service answered {answer.Status} with something else than {what}.", IsTransient = false };

    /// <summary>The service names a place outside of Resource Manager.</summary>
    public static ArmFailure Foreign(string header, string url, AzureAnswer? answer = null) =>
        new(ErrorKind.Unavailable, "location-foreign", $"{header} '{Cut(url, 200)}' is not on the ARM host, where alone the token may go.", answer?.Status ?? 0, IsTransient: false);

    public static ArmFailure Invalid(string field, string value, string allowed) =>
        new(ErrorKind.Invalid, "name-invalid", $"{field} is '{Cut(value, 200)}'; allowed: {allowed}.", 0, IsTransient: false);

    private static (string Code, string Message) Judge(AzureAnswer answer)
    {
        if (answer.Fault is { } fault)
        {
            return (fault.Code, fault.Message);
        }

        var error = ErrorBody.Read(answer.Body);
        return (error.Code ?? $"http-{answer.Status}", error.Message.Length > 0 ? error.Message : $"The service answered {answer.Status} without saying why.");
    }

    private static ErrorKind Kind(int status) => status switch
    {
        400 => ErrorKind.Invalid,
        403 => ErrorKind.Forbidden,
        404 => ErrorKind.NotFound,
        409 or 412 => ErrorKind.Conflict,
        _ => ErrorKind.Unavailable,
    };

    /// <summary>As it is, and as JSON writes it.</summary>
    private static string Without(string? secret, string text) => string.IsNullOrEmpty(secret)
        ? text
        : text.Replace(secret, "***", StringComparison.Ordinal).Replace(JsonEncodedText.Encode(secret).ToString(), "***", StringComparison.Ordinal);

    private static string Cut(string text, int length = MaxBody) => text[..Math.Min(text.Length, length)];
}
