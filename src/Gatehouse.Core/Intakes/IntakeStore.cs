using System.Globalization;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Records;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Intakes;

/// <summary>
/// Commits changes of intakes, and does what must follow each commit: events into the ledger's inbox, the list row, the next
/// message. A guard row, written before the commit and removed after all of that, lets any later caller finish what a crash left.
/// </summary>
internal sealed class IntakeStore(IRecordStore records, ILedgerInbox inbox, IWorkQueue queue, TimeProvider clock, IOptions<IntakeOptions> options)
{
    public async Task<StoredIntake?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (!RecordKeys.IsValid(id))
        {
            return null;
        }

        var record = await records.GetAsync(IntakeRows.State(id), cancellationToken);
        return record is null ? null : new StoredIntake(IntakeRows.ReadIntake(record), record.ETag);
    }

    /// <summary>Writes a new intake; its first message is queued before the row is, for a message without a row is harmless.</summary>
    /// <returns>Null when the id is taken.</returns>
    public async Task<Intake?> CreateAsync(Intake intake, IntakeEvent requested, CancellationToken cancellationToken)
    {
        await queue.EnqueueAsync(QueueNames.IntakeWork, new WorkItem(intake.Id, 0).ToText(), options.Value.FirstMessageDelay, cancellationToken);
        return await CommitAsync(null, new IntakeChange(intake, [requested]), cancellationToken);
    }

    /// <summary>Commits a change; null when the intake has changed since it was read.</summary>
    public async Task<Intake?> CommitAsync(StoredIntake? stored, IntakeChange change, CancellationToken cancellationToken)
    {
        var (before, changed, events) = (stored?.Intake, change.Next, change.Events);
        if (before is not null && !before.State.CanBecome(changed.State))
        {
            throw new InvalidOperationException($"An intake cannot go from {before.State} to {changed.State}.");
        }

        var next = await GuardAsync(before, Stamp(before, changed, events.Count), cancellationToken);
        var batch = new RecordBatch(IntakeRows.Table, next.Id);
        _ = stored is null
            ? batch.Insert(IntakeRows.StateRow, IntakeRows.Write(next))
            : batch.Replace(IntakeRows.StateRow, IntakeRows.Write(next), stored.ETag);
        for (var i = 0; i < events.Count; i++)
        {
            var sequence = next.EventsBefore + i;
            batch.Insert(IntakeRows.Event(sequence), IntakeRows.Write(ToLedger(next, events[i], sequence)));
        }

        foreach (var item in change.Evidence)
        {
            batch.Upsert(IntakeRows.Evidence(item.Scanner), IntakeRows.Write(item));
        }

        if (change.Attestation is { } attestation)
        {
            batch.Upsert(IntakeRows.AttestationRow, IntakeRows.Write(attestation));
        }

        var result = await records.CommitAsync(batch, cancellationToken);
        if (!result.IsCommitted)
        {
            return null;
        }

        await FinishAsync(next, cancellationToken);
        return next;
    }

    /// <summary>Finishes the last commit if whoever made it did not.</summary>
    public async Task FinishIfLeftAsync(Intake intake, CancellationToken cancellationToken)
    {
        if (intake.PreviousGuard is not null
            && await records.GetAsync(new RecordKey(IntakeRows.IndexTable, IntakeRows.DuePartition, intake.PreviousGuard), cancellationToken) is not null)
        {
            await FinishAsync(intake, cancellationToken);
        }
    }

    public async Task EnqueueAsync(Intake intake, CancellationToken cancellationToken)
    {
        var delay = (intake.WakeAt ?? clock.GetUtcNow()) - clock.GetUtcNow();
        await queue.EnqueueAsync(
            QueueNames.IntakeWork,
            new WorkItem(intake.Id, intake.Turn).ToText(),
            delay > TimeSpan.Zero ? delay : TimeSpan.Zero,
            cancellationToken);
    }

    public async Task<IReadOnlyList<ScanEvidence>> ReadEvidenceAsync(string id, CancellationToken cancellationToken)
    {
        var found = new List<ScanEvidence>();
        await foreach (var record in records.QueryAsync(RecordQuery.Prefix(IntakeRows.Table, id, IntakeRows.EvidencePrefix), cancellationToken))
        {
            found.Add(IntakeRows.ReadEvidence(record));
        }

        return found;
    }

    /// <exception cref="InvalidDataException">The intake says it has an attestation, and its bytes are not there.</exception>
    public async Task<ReferrerArtifact> ReadAttestationAsync(Intake intake, CancellationToken cancellationToken)
    {
        var key = new RecordKey(IntakeRows.Table, intake.Id, IntakeRows.AttestationRow);
        var record = await records.GetAsync(key, cancellationToken);
        return record is not null && IntakeRows.ReadAttestation(record) is var artifact && artifact.Digest == intake.Attestation
            ? artifact
            : throw new InvalidDataException($"{key} does not hold the attestation {intake.Attestation}.");
    }

    /// <summary>Guard rows whose time has passed, oldest first.</summary>
    public IAsyncEnumerable<Record> OverdueAsync(int take, CancellationToken cancellationToken) =>
        records.QueryAsync(
            new RecordQuery(IntakeRows.IndexTable, IntakeRows.DuePartition, Before: RecordKeys.Time(clock.GetUtcNow()), Take: take),
            cancellationToken);

    public Task RemoveGuardAsync(string row, CancellationToken cancellationToken) =>
        records.CommitAsync(new RecordBatch(IntakeRows.IndexTable, IntakeRows.DuePartition).Delete(row), cancellationToken);

    private Intake Stamp(Intake? before, Intake changed, int events)
    {
        var now = clock.GetUtcNow();
        return changed with
        {
            UpdatedAt = now,
            StateSince = before?.State == changed.State ? before.StateSince : now,
            WakeAt = changed.State.IsDriven() ? changed.WakeAt ?? now : null,
            Turn = (before?.Turn ?? 0) + 1,
            EventsBefore = before?.Events ?? 0,
            Events = (before?.Events ?? 0) + events,
        };
    }

    private async Task<Intake> GuardAsync(Intake? before, Intake next, CancellationToken cancellationToken)
    {
        var batch = new RecordBatch(IntakeRows.IndexTable, IntakeRows.DuePartition);
        var previous = before?.Guard;
        if (previous is null)
        {
            previous = IntakeRows.Due(clock.GetUtcNow() + options.Value.Grace, next.Id, next.Turn, 'p');
            batch.Upsert(previous, default);
        }

        string? guard = null;
        if (next.WakeAt is { } wakeAt)
        {
            guard = IntakeRows.Due(wakeAt + options.Value.Grace, next.Id, next.Turn, 'g');
            batch.Upsert(guard, default);
        }

        if (batch.Operations.Count > 0)
        {
            await records.CommitAsync(batch, cancellationToken);
        }

        return next with { Guard = guard, PreviousGuard = previous };
    }

    private async Task FinishAsync(Intake intake, CancellationToken cancellationToken)
    {
        var events = new List<LedgerEvent>();
        var query = new RecordQuery(IntakeRows.Table, intake.Id, IntakeRows.Event(intake.EventsBefore), IntakeRows.Event(intake.Events));
        if (intake.EventsBefore < intake.Events)
        {
            await foreach (var record in records.QueryAsync(query, cancellationToken))
            {
                events.Add(IntakeRows.ReadEvent(record));
            }

            await inbox.AppendAsync(events, cancellationToken);
        }

        await ListAsync(intake, cancellationToken);
        if (intake.State.IsDriven())
        {
            await EnqueueAsync(intake, cancellationToken);
        }

        if (intake.PreviousGuard is not null)
        {
            await RemoveGuardAsync(intake.PreviousGuard, cancellationToken);
        }
    }

    /// <summary>Whoever finishes late must not undo what a later turn has listed.</summary>
    private async Task ListAsync(Intake intake, CancellationToken cancellationToken)
    {
        var key = new RecordKey(IntakeRows.IndexTable, IntakeRows.AllPartition, IntakeRows.Listed(intake));
        var data = IntakeRows.Write(new IntakeSummary(intake.Id, intake.Scope, intake.State, intake.Turn));
        while (true)
        {
            var listed = await records.GetAsync(key, cancellationToken);
            if (listed is not null && IntakeRows.ReadSummary(listed).Turn >= intake.Turn)
            {
                return;
            }

            var batch = new RecordBatch(key.Table, key.Partition);
            _ = listed is null ? batch.Insert(key.Row, data) : batch.Replace(key.Row, data, listed.ETag);
            if ((await records.CommitAsync(batch, cancellationToken)).IsCommitted)
            {
                return;
            }
        }
    }

    private static LedgerEvent ToLedger(Intake intake, IntakeEvent entry, int sequence) => new(
        LedgerEvent.MakeId(intake.UpdatedAt, intake.Id, sequence),
        intake.UpdatedAt,
        entry.Type,
        entry.By.Id,
        "intake:" + intake.Id,
        intake.Scope,
        entry.Details.Append(new("turn", intake.Turn.ToString(CultureInfo.InvariantCulture))).ToDictionary());
}
