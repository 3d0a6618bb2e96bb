using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Events;

internal static partial class Log
{
    [LoggerMessage(1260, LogLevel.Error, "The topic never will take the {Type} of ledger entry {Index} ({Code}: {Reason}); it is passed over and kept on the poison queue")]
    public static partial void EventRefused(ILogger logger, long index, string type, string code, string reason);

    [LoggerMessage(1261, LogLevel.Information, "Another publisher is at work: it moved the cursor from entry {Index} first. Some events went out twice")]
    public static partial void AnotherPublisher(ILogger logger, long index);

    [LoggerMessage(1262, LogLevel.Warning, "{Entries} sealed ledger entries are not published, which is {Limit} or more")]
    public static partial void LagGrew(ILogger logger, long entries, int limit);

    [LoggerMessage(1263, LogLevel.Warning, "The topic takes no events now ({Code}: {Reason}); they wait in the ledger")]
    public static partial void TopicAway(ILogger logger, string code, string reason);

    [LoggerMessage(1264, LogLevel.Information, "The topic takes events again")]
    public static partial void TopicBack(ILogger logger);

    [LoggerMessage(1265, LogLevel.Error, "The event cursor stands at entry {Next}, beyond the ledger's {Size}: it is another ledger's. Nothing is published until the ledger gets there, or the row is deleted")]
    public static partial void CursorAhead(ILogger logger, long next, long size);

    [LoggerMessage(1270, LogLevel.Error, "The topic refused all {Count} events of a request, each by itself ({Code}: {Reason}). That is the topic's fault, not the events': check that its input schema is CloudEvents 1.0 and that the configured endpoint is this topic's. They wait in the ledger")]
    public static partial void TopicRefusesAll(ILogger logger, int count, string code, string reason);

    [LoggerMessage(1271, LogLevel.Information, "The topic took the {Type} of ledger entry {Index} that it had refused, as {Id}")]
    public static partial void EventRepublished(ILogger logger, long index, string type, string id);

    [LoggerMessage(1272, LogLevel.Warning, "The topic still refuses the {Type} of ledger entry {Index} ({Code}: {Reason}); its record stays on the poison queue")]
    public static partial void StillRefused(ILogger logger, long index, string type, string code, string reason);

    [LoggerMessage(1273, LogLevel.Warning, "Record {Id} of a refused event stays out of sight for some minutes, for it could not be given back: {Reason}")]
    public static partial void RecordStaysHidden(ILogger logger, string id, string reason);

    [LoggerMessage(1274, LogLevel.Warning, "{Entries} sealed ledger entries wait, for the topic does not take their events: {Reason}")]
    public static partial void EventsWait(ILogger logger, long entries, string reason);

    [LoggerMessage(1275, LogLevel.Error, "Ledger entry {Index}, which the record of a refused event names, cannot be read: {Reason} The record stays on the poison queue")]
    public static partial void EntryDamaged(ILogger logger, long index, string reason);

    [LoggerMessage(1276, LogLevel.Warning, "The topic took the event of record {Id}, but the claim on the record had run out: it stays on the poison queue or is another's, and its event may be published once more")]
    public static partial void ClaimRanOut(ILogger logger, string id);
}
