using System.Text.Json;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Gatehouse.Core.Scopes;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Policies.Storage;

/// <summary>Brings events from the partition they were committed in to the ledger's inbox, at least once each; the inbox drops repeats.</summary>
internal sealed class PolicyOutbox(IRecordStore records, ILedgerInbox inbox, ILogger<PolicyOutbox> logger)
{
    /// <summary>The event of one apply. Made from what is stored with it only, so that it is always the same.</summary>
    public static LedgerEvent Applied(Scope scope, PolicyVersion version) => new(
        LedgerEvent.MakeId(version.AppliedAt, RecordKeys.Encode(scope.Path), version.Version),
        version.AppliedAt,
        LedgerEventTypes.PolicyApplied,
        version.AppliedBy.Id.StartsWith("system:", StringComparison.Ordinal) ? version.AppliedBy.Id : "user:" + version.AppliedBy.Id,
        "policy:" + scope,
        scope,
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["actorName"] = version.AppliedBy.Name,
            ["sha256"] = version.Sha256,
            ["version"] = version.Version.ToString(),
        });

    public static RecordBatch Add(RecordBatch batch, LedgerEvent applied) =>
        batch.Insert(PolicyKeys.OutboxRow(applied.Id), JsonSerializer.SerializeToUtf8Bytes(applied, PolicyJson.Default.LedgerEvent));

    /// <summary>Flushes what waits in the partition; a row is deleted only after the inbox has taken its event.</summary>
    public async Task FlushAsync(string partition, CancellationToken cancellationToken)
    {
        var waiting = new List<Record>();
        await foreach (var row in records.QueryAsync(RecordQuery.Prefix(PolicyKeys.Table, partition, PolicyKeys.OutboxPrefix), cancellationToken))
        {
            waiting.Add(row);
        }

        if (waiting.Count == 0)
        {
            return;
        }

        var events = waiting.ConvertAll(row => PolicyJson.Read(row, PolicyJson.Default.LedgerEvent));
        await inbox.AppendAsync(events, cancellationToken);
        foreach (var row in waiting)
        {
            // Another instance may have flushed it meanwhile; gone is gone.
            await records.CommitAsync(new RecordBatch(PolicyKeys.Table, partition).Delete(row.Key.Row), cancellationToken);
        }

        Log.EventsFlushed(logger, events.Count, partition);
    }
}
