using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Estate;

internal sealed record Push(string EventId, string Registry, string Repository, string? Tag, Digest Digest, string? Region);

/// <summary>Tells pushes that belong to a release or a live intake from those nobody approved.</summary>
internal sealed class PushJudge(
    IReleasedImages released, IExpectedImages expected, IRecordStore records, ILedgerInbox inbox, TimeProvider clock, ILogger<PushJudge> logger)
{
    public const string Table = "pushes";

    private const string EventRow = "event";

    /// <summary>Live intakes are asked first: one that is released in between is then found among the releases, never in neither.</summary>
    public async Task<bool> IsApprovedAsync(string repository, Digest digest, CancellationToken cancellationToken) =>
        await expected.IsExpectedAsync(repository, digest, cancellationToken)
        || await released.IsKnownAsync(repository, digest, cancellationToken);

    /// <summary>The first delivery fixes the ledger event; every later one appends that same event, which the inbox takes once.</summary>
    public async Task RecordUnapprovedAsync(Push push, CancellationToken cancellationToken)
    {
        // Hashed, because event ids are the sender's text and keys are limited.
        var key = Digest.OfBytes(Encoding.UTF8.GetBytes(push.EventId)).Hex;
        var ledgerEvent = Describe(push, key);
        var data = LedgerEventJson.Serialize(ledgerEvent);
        var inserted = await records.CommitAsync(new RecordBatch(Table, key).Insert(EventRow, data), cancellationToken);
        if (inserted.IsCommitted)
        {
            Log.PushUnapproved(logger, push.EventId, push.Registry, push.Repository, push.Digest.ToString());
        }
        else if (await records.GetAsync(new(Table, key, EventRow), cancellationToken) is { } first)
        {
            ledgerEvent = LedgerEventJson.Parse(first.Data.Span);
        }

        await inbox.AppendAsync([ledgerEvent], cancellationToken);
    }

    private LedgerEvent Describe(Push push, string key)
    {
        var at = clock.GetUtcNow();
        var details = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["digest"] = push.Digest.ToString(),
            ["event"] = push.EventId,
            ["registry"] = push.Registry,
            ["repository"] = push.Repository,
        };
        if (push.Tag is not null)
        {
            details["tag"] = push.Tag;
        }

        if (push.Region is not null)
        {
            details["region"] = push.Region;
        }

        return new(LedgerEvent.MakeId(at, $"push.{key}", 0), at, LedgerEventTypes.UnapprovedPush, "system:registry-events", $"registry:{push.Registry}", null, details);
    }
}
