using System.Globalization;
using System.Net;
using Gatehouse.Azure.Http;
using Gatehouse.Core.Results;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Storage;

internal enum StorageService
{
    Table,
    Queue,
}

/// <summary>Says why storage did not do what it was asked: to the caller with what a person can do about it, to the log with the ids that both sides know the call by.</summary>
internal sealed class StorageFaults(StorageAccount account, TimeProvider clock, ILogger<StorageFaults> logger)
{
    /// <summary>Services refuse signatures that are 15 minutes off; much less already spoils the times of tokens.</summary>
    private static readonly TimeSpan NotableSkew = TimeSpan.FromMinutes(1);

    /// <param name="what">What failed, to begin a sentence.</param>
    /// <returns>A sentence or two without a full stop; never a secret.</returns>
    public string Tell(StorageService service, string what, AzureAnswer answer) => Tell(service, what, answer, answer.Status, StorageError.Read(answer));

    /// <param name="status">Of the operation, where the answer was about several.</param>
    public string Tell(StorageService service, string what, AzureAnswer answer, int status, StorageError error)
    {
        logger.CallFailed(service, account.Name, status, error.Code, answer.ClientRequestId, answer.Headers.GetValueOrDefault("x-ms-request-id"));
        IEnumerable<string> said = [error.Message, Foreign(answer, error), Role(service, error.Code), Skew(answer), Wait(answer)];
        var told = $"{what} failed {(status == 0 ? string.Empty : $"with status {status} ")}({(error.Code.Length > 0 ? error.Code : "no code")}): {string.Join(' ', said.Where(text => text.Length > 0))}".TrimEnd(' ', ':', '.');
        return told + SupportIds.Text(answer.ClientRequestId, answer.RequestId);
    }

    /// <summary>Without a code it is not the service that speaks; what does speak is best known by its words.</summary>
    private static string Foreign(AzureAnswer answer, StorageError error) => error.Code.Length > 0 || answer.Excerpt() is not { Length: > 0 } said ? string.Empty : $"The answer has no error code of the service; it begins '{said}'.";

    private string Role(StorageService service, string code) => code switch
    {
        "AuthorizationPermissionMismatch" => $"Our identity lacks the role 'Storage {service} Data Contributor' on account '{account.Name}'; a new assignment takes minutes to be known.",
        "AuthorizationFailure" => $"The network rules of account '{account.Name}' keep us out, or it does not take what we sign in with.",
        _ => string.Empty,
    };

    private string Skew(AzureAnswer answer)
    {
        if (answer.Status is not ((int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden)
            || !DateTimeOffset.TryParseExact(answer.Headers.GetValueOrDefault("Date"), "R", CultureInfo.InvariantCulture, DateTimeStyles.None, out var theirs))
        {
            return string.Empty;
        }

        var ahead = clock.GetUtcNow() - theirs;
        return ahead.Duration() < NotableSkew
            ? string.Empty
            : $"This machine's clock is {TimeSpan.FromSeconds(Math.Round(ahead.Duration().TotalSeconds))} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the service's.";
    }

    private static string Wait(AzureAnswer answer) => answer.RetryAfter is { } wait ? $"It asks to be left alone for {wait}." : string.Empty;
}
