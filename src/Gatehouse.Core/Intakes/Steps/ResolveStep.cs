using System.Globalization;
using Gatehouse.Core.Images;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Core.Intakes.Steps;

/// <summary>Requested → Resolved: the reference becomes a digest, once and for all.</summary>
internal sealed class ResolveStep(IImageResolver resolver, IntakeClaims claims, StepOutcomes outcomes) : IIntakeStep
{
    public IntakeState State => IntakeState.Requested;

    public async Task<IntakeChange> RunAsync(Intake intake, CancellationToken cancellationToken) =>
        await resolver.ResolveAsync(intake.Image, cancellationToken) switch
        {
            Resolution.Found found => await FoundAsync(intake, found.Candidate, cancellationToken),
            Resolution.NotFound missing => StepOutcomes.Refuse(intake, "upstream", missing.Reason),
            Resolution.Unacceptable bad => StepOutcomes.Refuse(intake, "integrity", $"{bad.Code}: {bad.Reason}"),
            Resolution.Unavailable down => outcomes.Retry(intake, down.Reason, down.RetryAfter),
            var other => throw new InvalidOperationException($"Unknown resolution {other}."),
        };

    private async Task<IntakeChange> FoundAsync(Intake intake, Candidate candidate, CancellationToken cancellationToken)
    {
        var claim = IntakeRows.DigestClaim(intake.Scope, intake.Image, candidate.Digest);
        if (await claims.TakeAsync(claim, intake.Id, IntakeTransitions.IsLive, cancellationToken) is { } standing)
        {
            var duplicate = intake with
            {
                State = IntakeState.Retired,
                DuplicateOf = standing.Id,
                Candidate = candidate,
                Reason = $"Intake '{standing.Id}' already stands for {candidate.Digest} in {intake.Scope}.",
            };
            return new IntakeChange(duplicate, [IntakeEvent.Of(
                LedgerEventTypes.IntakeRetired,
                StepOutcomes.Workflow,
                ("digest", candidate.Digest.ToString()),
                ("duplicateOf", standing.Id))]);
        }

        return StepOutcomes.Go(intake with { Candidate = candidate }, IntakeState.Resolved, IntakeEvent.Of(
            LedgerEventTypes.IntakeResolved,
            StepOutcomes.Workflow,
            ("image", candidate.Source.ToString()),
            ("digest", candidate.Digest.ToString()),
            ("mediaType", candidate.MediaType),
            ("bytes", candidate.CompressedBytes.ToString(CultureInfo.InvariantCulture)),
            ("platforms", string.Join(' ', candidate.Platforms.Select(platform => platform.Platform))),
            ("referrers", candidate.Referrers.Count.ToString(CultureInfo.InvariantCulture))));
    }
}
