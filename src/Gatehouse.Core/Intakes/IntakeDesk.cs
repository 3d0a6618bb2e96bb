using Gatehouse.Core.Estate;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Results;
using Gatehouse.Core.Time;

namespace Gatehouse.Core.Intakes;

/// <inheritdoc cref="IIntakeDesk"/>
internal sealed partial class IntakeDesk(
    IntakeStore store,
    IntakeClaims claims,
    IntakeList list,
    IPolicyProvider policies,
    IEstateProvider estate,
    IdSource ids,
    TimeProvider clock) : IIntakeDesk
{
    /// <summary>How often a command is tried again when someone else changed the intake in between.</summary>
    private const int CommitTries = 8;

    public async Task<Result<IntakeReceipt>> RequestAsync(IntakeRequest request, CancellationToken cancellationToken)
    {
        if (!(await policies.GetEffectiveAsync(request.Scope, cancellationToken)).TryGet(out _, out var unknownScope))
        {
            return unknownScope;
        }

        var standing = await StandingAsync(request, cancellationToken);
        var id = standing?.Id ?? ids.Next();
        if (request.IdempotencyKey is { Length: > 0 } key)
        {
            var fingerprint = Fingerprint(request);
            var row = await claims.TakeKeyAsync(request.RequestedBy.Id, key, new ClaimRow(id, fingerprint), cancellationToken);
            if (row.Fingerprint != fingerprint)
            {
                return IntakeErrors.IdempotencyKeyReused(row.Intake);
            }

            // Whoever used the key first decided which intake it means, also when their call died before it was written.
            (id, standing) = (row.Intake, (await store.FindAsync(row.Intake, cancellationToken))?.Intake);
        }

        var answer = standing is not null
            ? new IntakeReceipt(standing, Created: false)
            : await CreateAsync(id, request, cancellationToken);
        if (request.IdempotencyKey is { Length: > 0 } given && answer.TryGet(out var receipt, out _) && receipt.Intake.Id != id)
        {
            // Another request for the same tag came in between: the key stands for what it was answered with, whatever becomes of that.
            await claims.PointKeyAsync(request.RequestedBy.Id, given, new ClaimRow(receipt.Intake.Id, Fingerprint(request)), cancellationToken);
        }

        return answer;
    }

    public async Task<Result<StoredIntake>> GetAsync(string id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } found ? found : IntakeErrors.NotFound(id);

    public Task<Result<IntakePage>> ListAsync(IntakeFilter filter, CancellationToken cancellationToken) =>
        list.ReadAsync(filter, cancellationToken);

    public async Task<Result<IReadOnlyList<ScanEvidence>>> GetEvidenceAsync(string id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is null
            ? IntakeErrors.NotFound(id)
            : Result.Ok(await store.ReadEvidenceAsync(id, cancellationToken));

    private static string Fingerprint(IntakeRequest request) => IntakeRows.Hash($"{request.Scope} {request.Image}");

    /// <summary>The live intake for the very same digest and tag, or one for the same tag that has not been resolved yet.</summary>
    private async Task<Intake?> StandingAsync(IntakeRequest request, CancellationToken cancellationToken)
    {
        var claim = request.Image.Digest is { } digest
            ? IntakeRows.DigestClaim(request.Scope, request.Image, digest)
            : IntakeRows.TagClaim(request.Scope, request.Image);
        var holder = await claims.HolderAsync(claim, cancellationToken);
        return request.Image.Digest is null && holder is not null && !IsUnresolved(holder.State) ? null : holder;
    }

    /// <summary>Once resolved it stands for a digest, and the tag may have moved since.</summary>
    private static bool IsUnresolved(IntakeState state) => state == IntakeState.Requested;

    private async Task<Result<IntakeReceipt>> CreateAsync(string id, IntakeRequest request, CancellationToken cancellationToken)
    {
        var map = await estate.GetAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var intake = new Intake
        {
            Id = id,
            Scope = request.Scope,
            Image = request.Image,
            RequestedBy = request.RequestedBy,
            RequestedAt = now,
            Cause = request.Cause,
            Justification = request.Justification,
            State = IntakeState.Requested,
            TargetRepository = map.TargetRepository(request.Image),
            TargetTags = request.Image.Tag is { } tag ? [tag] : [],
            WakeAt = now,
        };
        if (request.Image.Digest is null && await claims.TakeAsync(IntakeRows.TagClaim(request.Scope, request.Image), id, IsUnresolved, cancellationToken) is { } rival)
        {
            return new IntakeReceipt(rival, Created: false);
        }

        var requested = IntakeEvent.Of(
            LedgerEventTypes.IntakeRequested,
            request.RequestedBy,
            ("image", request.Image.ToString()),
            ("cause", request.Cause.ToString()),
            ("justification", request.Justification));
        var created = await store.CreateAsync(intake, requested, cancellationToken);
        if (created is not null)
        {
            return new IntakeReceipt(created, Created: true);
        }

        // Another request with the same idempotency key wrote the row in between.
        return (await GetAsync(id, cancellationToken)).Map(found => new IntakeReceipt(found.Intake, Created: false));
    }

    /// <summary>Reads, decides and commits, again when someone else was faster.</summary>
    private async Task<Result<Intake>> ChangeAsync(
        string id,
        Func<Intake, Task<Result<IntakeChange>>> decide,
        CancellationToken cancellationToken)
    {
        for (var i = 0; i < CommitTries; i++)
        {
            if (await store.FindAsync(id, cancellationToken) is not { } stored)
            {
                return IntakeErrors.NotFound(id);
            }

            await store.FinishIfLeftAsync(stored.Intake, cancellationToken);
            if (!(await decide(stored.Intake)).TryGet(out var change, out var refusal))
            {
                return refusal;
            }

            if (await store.CommitAsync(stored, change, cancellationToken) is { } committed)
            {
                return committed;
            }
        }

        return IntakeErrors.Contended(id);
    }
}

/// <summary>What a command or a step wants committed.</summary>
internal sealed record IntakeChange(Intake Next, IReadOnlyList<IntakeEvent> Events)
{
    public IReadOnlyList<ScanEvidence> Evidence { get; init; } = [];

    /// <summary>What was signed, to be kept before it is shown to anybody.</summary>
    public ReferrerArtifact? Attestation { get; init; }
}
