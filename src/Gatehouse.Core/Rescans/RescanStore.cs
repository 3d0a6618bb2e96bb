using System.Text.Json;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;

namespace Gatehouse.Core.Rescans;

/// <param name="ETag">Null when nothing is stored yet.</param>
internal sealed record StoredRescan(RescanState? State, string? ETag);

/// <summary>Table <c>rescans</c>: one partition for each release, with its state, the newest reports, and events on their way to the ledger.</summary>
internal sealed class RescanStore(IRecordStore records, LedgerOutbox outbox)
{
    private const string Table = "rescans";
    private const string StateRow = "state";

    public async Task<StoredRescan> LoadAsync(string intake, CancellationToken cancellationToken)
    {
        await outbox.FlushAsync(Table, intake, cancellationToken);
        return await records.GetAsync(new RecordKey(Table, intake, StateRow), cancellationToken) is { } record
            ? new StoredRescan(JsonSerializer.Deserialize(record.Data.Span, RescanJson.Default.RescanState), record.ETag)
            : new StoredRescan(null, null);
    }

    public async Task<IReadOnlyList<ScanEvidence>> ReadEvidenceAsync(string intake, CancellationToken cancellationToken)
    {
        var found = new List<ScanEvidence>();
        await foreach (var record in records.QueryAsync(RecordQuery.Prefix(Table, intake, IntakeRows.EvidencePrefix), cancellationToken))
        {
            found.Add(IntakeRows.ReadEvidence(record));
        }

        return found;
    }

    /// <summary>False when another instance was faster; what it did stands.</summary>
    public async Task<bool> SaveAsync(
        string intake,
        StoredRescan stored,
        RescanState state,
        IReadOnlyList<ScanEvidence> evidence,
        LedgerEvent? finding,
        CancellationToken cancellationToken)
    {
        var data = JsonSerializer.SerializeToUtf8Bytes(state, RescanJson.Default.RescanState);
        var batch = new RecordBatch(Table, intake);
        _ = stored.ETag is null ? batch.Insert(StateRow, data) : batch.Replace(StateRow, data, stored.ETag);
        foreach (var item in evidence)
        {
            batch.Upsert(IntakeRows.Evidence(item.Scanner), IntakeRows.Write(item));
        }

        if (finding is not null)
        {
            LedgerOutbox.Add(batch, finding);
        }

        if (!(await records.CommitAsync(batch, cancellationToken)).IsCommitted)
        {
            return false;
        }

        await outbox.DeliverAsync(Table, intake, finding is null ? [] : [finding], cancellationToken);
        return true;
    }
}
