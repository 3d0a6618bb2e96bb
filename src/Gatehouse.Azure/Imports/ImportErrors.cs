using Gatehouse.Core.Estate;
using Gatehouse.Core.Estate.Control;

namespace Gatehouse.Azure.Imports;

/// <summary>Judges a failed import. The service publishes no list of its codes, so status, code and text are all looked at, and kept.</summary>
internal static class ImportErrors
{
    /// <summary>Codes that say nothing is wrong with the import itself.</summary>
    private static readonly HashSet<string> PassingCodes = new(StringComparer.OrdinalIgnoreCase)
    {
        "AnotherOperationInProgress",
        "OperationInProgress",
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

    /// <summary>What no second try makes better: the source is not there, or its registry cannot do what an import needs.</summary>
    private static readonly string[] FinalTexts =
    [
        "manifest unknown", "manifest_unknown", "name_unknown", "source image cannot be found", "source image not found", "source not found", "rfc 7233",
    ];

    /// <summary>What only a failed import says, whatever the status it says it with.</summary>
    private static readonly string[] ImportTexts = [.. FinalTexts, "unexpected response status code", "unexpected length of body"];

    /// <summary>Answers of a service that took no order; 0 stands for none at all.</summary>
    private static readonly int[] NotStartedStatuses = [0, 408, 429, 502, 503, 504];

    /// <summary>A service that throttles or is away has started nothing, unless the words are those of a failed import.</summary>
    public static ImportProgress.Failed OfStart(ArmFailure failure) =>
        Of(failure, lostWhenMissing: false) is var failed && failed.Retryable && NotStartedStatuses.Contains(failure.Status) && !Mentions(failure.Message, ImportTexts)
            ? failed with { NotStarted = true }
            : failed;

    /// <summary>We gave no order: the registry has as many imports under way as it may, and one of them must end first.</summary>
    public static ImportProgress.Failed Full(int limit, TimeSpan retryAfter) =>
        new("imports-full", $"{limit} imports are under way in the registry, as many as may be; this one waits for its turn.", Retryable: true, retryAfter, NotStarted: true, Waits: true);

    /// <summary>A lost operation is worth starting again; a source that is not there is not.</summary>
    public static ImportProgress.Failed OfPoll(ArmFailure failure) => Of(failure, lostWhenMissing: true);

    /// <summary>The poll failed and the import may go on, unless the words are those of a failed import.</summary>
    public static ImportProgress.Failed OfAsking(ArmFailure failure) =>
        OfPoll(failure) is var failed && Mentions(failure.Message, ImportTexts) ? failed : failed with { Retryable = true, StillRuns = true };

    private static ImportProgress.Failed Of(ArmFailure failure, bool lostWhenMissing)
    {
        var retryable = failure.IsTransient
            || PassingCodes.Contains(failure.Code)
            || Mentions(failure.Code, PassingParts)
            || Mentions(failure.Message, PassingTexts)
            || (lostWhenMissing && failure.Status == 404 && (LostCodes.Contains(failure.Code) || failure.Code == "http-404"));
        return new ImportProgress.Failed(failure.Code, failure.Message, retryable && !Mentions(failure.Message, FinalTexts), failure.RetryAfter);
    }

    private static bool Mentions(string message, string[] texts) => texts.Any(text => message.Contains(text, StringComparison.OrdinalIgnoreCase));
}
