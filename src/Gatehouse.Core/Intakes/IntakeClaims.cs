using Gatehouse.Core.Images;
using Gatehouse.Core.Records;

namespace Gatehouse.Core.Intakes;

/// <summary>Says which intake stands for an image in a scope, so that two requests for the same thing become one.</summary>
internal sealed class IntakeClaims(IRecordStore records, IntakeStore intakes)
{
    /// <summary>The live intake that holds the claim, if one does.</summary>
    public async Task<Intake?> HolderAsync(RecordKey claim, CancellationToken cancellationToken)
    {
        var record = await records.GetAsync(claim, cancellationToken);
        return record is null ? null : await FindAsync(IntakeRows.ReadClaim(record).Intake, IntakeTransitions.IsLive, cancellationToken);
    }

    /// <summary>Takes the claim for <paramref name="intake"/>, unless an intake holds it in a state that <paramref name="stands"/>: then that one.</summary>
    public async Task<Intake?> TakeAsync(RecordKey claim, string intake, Func<IntakeState, bool> stands, CancellationToken cancellationToken)
    {
        while (true)
        {
            var record = await records.GetAsync(claim, cancellationToken);
            var batch = new RecordBatch(claim.Table, claim.Partition);
            if (record is null)
            {
                batch.Insert(claim.Row, IntakeRows.Write(new ClaimRow(intake)));
            }
            else
            {
                var holder = IntakeRows.ReadClaim(record).Intake;
                if (holder == intake)
                {
                    return null;
                }

                if (await FindAsync(holder, stands, cancellationToken) is { } standing)
                {
                    return standing;
                }

                batch.Replace(claim.Row, IntakeRows.Write(new ClaimRow(intake)), record.ETag);
            }

            if ((await records.CommitAsync(batch, cancellationToken)).IsCommitted)
            {
                return null;
            }
        }
    }

    /// <summary>Ties an idempotency key to an intake; the row that stands wins.</summary>
    public async Task<ClaimRow> TakeKeyAsync(string requester, string key, ClaimRow wanted, CancellationToken cancellationToken)
    {
        var claim = IntakeRows.IdempotencyClaim(requester, key);
        while (true)
        {
            if (await records.GetAsync(claim, cancellationToken) is { } record)
            {
                return IntakeRows.ReadClaim(record);
            }

            if ((await records.CommitAsync(new RecordBatch(claim.Table, claim.Partition).Insert(claim.Row, IntakeRows.Write(wanted)), cancellationToken)).IsCommitted)
            {
                return wanted;
            }
        }
    }

    /// <summary>Ties an idempotency key to another intake than the one it was taken for.</summary>
    public Task PointKeyAsync(string requester, string key, ClaimRow actual, CancellationToken cancellationToken)
    {
        var claim = IntakeRows.IdempotencyClaim(requester, key);
        return records.CommitAsync(new RecordBatch(claim.Table, claim.Partition).Upsert(claim.Row, IntakeRows.Write(actual)), cancellationToken);
    }

    /// <summary>Announces the manifests that are about to arrive in an estate repository.</summary>
    public Task ExpectAsync(Intake intake, CancellationToken cancellationToken) => ExpectAsync(intake, ManifestsOf(intake), cancellationToken);

    public async Task ExpectAsync(Intake intake, IEnumerable<Digest> manifests, CancellationToken cancellationToken)
    {
        foreach (var chunk in manifests.Chunk(RecordLimits.MaxBatchOperations))
        {
            var batch = new RecordBatch(IntakeRows.ClaimTable, IntakeRows.ExpectedPartition(intake.TargetRepository));
            foreach (var digest in chunk)
            {
                batch.Upsert(digest.ToString(), IntakeRows.Write(new ClaimRow(intake.Id)));
            }

            await records.CommitAsync(batch, cancellationToken);
        }
    }

    /// <summary>The image's own digest, its platforms' and its referrers'.</summary>
    public static IEnumerable<Digest> ManifestsOf(Intake intake) => intake.Candidate is null
        ? []
        : intake.Candidate.Platforms.Select(platform => platform.Manifest.Digest)
            .Concat(intake.Candidate.Referrers.Select(referrer => referrer.Digest))
            .Prepend(intake.Candidate.Digest)
            .Distinct();

    private async Task<Intake?> FindAsync(string id, Func<IntakeState, bool> stands, CancellationToken cancellationToken) =>
        await intakes.FindAsync(id, cancellationToken) is { Intake: var found } && stands(found.State) ? found : null;
}
