using System.Globalization;
using Gatehouse.Azure.Http;
using Gatehouse.Core.Estate;

namespace Gatehouse.Azure.Imports;

/// <summary>Judges a failed import. The service publishes no list of its codes, so status, code and text are all looked at, and kept.</summary>
internal static class ImportErrors
{
    /// <summary>Codes that say nothing is wrong with the import itself.</summary>
    private static readonly HashSet<string> PassingCodes = new(StringComparer.OrdinalIgnoreCase)
    {
        "AnotherOperationInProgress",
        "OperationInProgress",
        "ExpiredAuthenticationToken",
        "RetryableError",
    };

    /// <summary>Codes a poll may answer 404 with when the operation is no longer known, as opposed to the source image.</summary>
    private static readonly HashSet<string> LostCodes = new(StringComparer.OrdinalIgnoreCase)
    {
        "NotFound",
        "OperationNotFound",
        "OperationStatusNotFound",
        "ResourceNotFound",
    };

    /// <summary>Parts of codes that say the same, whoever is meant: the source, the target or ARM.</summary>
    private static readonly string[] PassingParts = ["unavailable", "timeout", "throttl", "toomanyrequests"];

    private static readonly string[] PassingTexts = ["toomanyrequests", "too many requests", "status code 429", "timed out", "timeout", "temporarily unavailable"];

    private static readonly string[] MissingTexts = ["manifest unknown", "manifest_unknown", "name_unknown", "source image cannot be found", "source image not found", "source not found"];

    public static ImportProgress.Failed OfStart(AzureAnswer answer) => Of(answer, lostWhenMissing: false);

    /// <summary>A lost operation is worth starting again; a source that is not there is not.</summary>
    public static ImportProgress.Failed OfPoll(AzureAnswer answer) => Of(answer, lostWhenMissing: true);

    private static ImportProgress.Failed Of(AzureAnswer answer, bool lostWhenMissing)
    {
        if (answer.Fault is { } fault)
        {
            return new ImportProgress.Failed(fault.Code, fault.Message, Retryable: true);
        }

        var error = ErrorBody.Read(answer.Body);
        var retryable = answer.IsTransient
            || (error.Code is { } code && (PassingCodes.Contains(code) || Mentions(code, PassingParts)))
            || Mentions(error.Message, PassingTexts)
            || (lostWhenMissing && answer.Status == 404 && (error.Code is null || LostCodes.Contains(error.Code)) && !Mentions(error.Message, MissingTexts));
        return new ImportProgress.Failed(
            error.Code ?? string.Create(CultureInfo.InvariantCulture, $"http-{answer.Status}"),
            error.Message.Length > 0 ? error.Message : $"The service answered {answer.Status} without saying why.",
            retryable && !Mentions(error.Message, MissingTexts),
            answer.RetryAfter);
    }

    private static bool Mentions(string message, string[] texts) => texts.Any(text => message.Contains(text, StringComparison.OrdinalIgnoreCase));
}
