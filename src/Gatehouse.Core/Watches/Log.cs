using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Watches;

internal static partial class Log
{
    [LoggerMessage(1850, LogLevel.Information, "Swept {Watches} watches, {Tags} tags: {Moved} moved, {Failed} failed, {Intakes} new intakes")]
    public static partial void SweepFinished(ILogger logger, int watches, int tags, int moved, int failed, int intakes);

    [LoggerMessage(1851, LogLevel.Information, "Watch {Watch}: {Image} moved from {Before} to {After}")]
    public static partial void TagMoved(ILogger logger, string watch, string image, string? before, string after);

    [LoggerMessage(1852, LogLevel.Warning, "Upstream gave no answer for {Image}: {Reason}")]
    public static partial void UpstreamUnavailable(ILogger logger, string image, string reason);

    [LoggerMessage(1853, LogLevel.Warning, "Upstream host {Host} is left alone for the rest of the sweep: {Reason}")]
    public static partial void HostStopped(ILogger logger, string host, string reason);

    [LoggerMessage(1854, LogLevel.Warning, "Watch {Watch}: the intake of {Image} could not be requested now: {Reason}")]
    public static partial void IntakePostponed(ILogger logger, string watch, string image, string reason);

    [LoggerMessage(1855, LogLevel.Warning, "Watch {Watch}: the intake of {Image} was declined with {Code}: {Reason}")]
    public static partial void IntakeDeclined(ILogger logger, string watch, string image, string code, string reason);

    [LoggerMessage(1856, LogLevel.Information, "Upstream event {EventId} about {Image} is not what the upstream says now")]
    public static partial void PushNotConfirmed(ILogger logger, string eventId, string image);

    [LoggerMessage(1857, LogLevel.Error, "Watch {Watch}: its patterns match {Matched} tags, more than Gatehouse:Watches:MaxTagsPerWatch ({Allowed}); only exact tags are followed")]
    public static partial void TooManyTags(ILogger logger, string watch, int matched, int allowed);
}
