using Gatehouse.Core.Estate;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Intakes.Steps;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Policies;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Rescans;

/// <inheritdoc cref="IRescanService"/>
internal sealed class RescanService(
    IReleasedImages released,
    IIntakeDesk intakes,
    IPolicyProvider policies,
    ScanRound scans,
    RescanStore store,
    TimeProvider clock,
    IOptions<RescanOptions> options,
    ILogger<RescanService> logger) : IRescanService
{
    public async Task<RescanReport> RunAsync(CancellationToken cancellationToken)
    {
        var report = new RescanReport(0, 0, 0, 0);
        await foreach (var repository in released.ListRepositoriesAsync(cancellationToken))
        {
            await foreach (var image in released.ListAsync(repository, cancellationToken))
            {
                report = await VisitAsync(image, report with { Images = report.Images + 1 }, cancellationToken);
            }
        }

        return report;
    }

    private async Task<RescanReport> VisitAsync(ReleasedImage image, RescanReport report, CancellationToken cancellationToken)
    {
        var stored = await store.LoadAsync(image.Intake, cancellationToken);
        var due = (stored.State?.StartedAt ?? image.ReleasedAt) + options.Value.Interval <= clock.GetUtcNow();
        var running = stored.State?.IsRunning == true;
        if (!running && (!due || report.Asked == options.Value.MaxImagesPerRun))
        {
            return report;
        }

        var intake = await intakes.GetAsync(image.Intake, cancellationToken);
        var policy = await policies.GetEffectiveAsync(image.Scope, cancellationToken);
        if (!intake.TryGet(out var found, out var error) || !policy.TryGet(out var effective, out error))
        {
            Log.NotRescanned(logger, image.Digest.ToString(), error.Message);
            return report;
        }

        var state = running ? stored.State! : Begin(stored.State, effective);
        var round = await scans.RunAsync(found.Intake with { Scans = state.Scans }, cancellationToken);
        report = running ? report : report with { Asked = report.Asked + 1 };
        if (round.Jobs.Any(job => !job.Settled && !IsPushed(job)))
        {
            await store.SaveAsync(image.Intake, stored, state with { Scans = round.Jobs }, round.Evidence, null, cancellationToken);
            return report;
        }

        return await JudgeAsync(image, found.Intake, effective, stored, state, round, report, cancellationToken);
    }

    private RescanState Begin(RescanState? last, IEffectivePolicy policy) => new(
        clock.GetUtcNow(),
        [.. policy.WantedScanners.Select(scanner => new ScanJob(scanner, null, Settled: false, null))],
        last?.Failures ?? [],
        last?.Rounds ?? 0);

    private async Task<RescanReport> JudgeAsync(
        ReleasedImage image,
        Intake intake,
        IEffectivePolicy policy,
        StoredRescan stored,
        RescanState state,
        ScanRoundResult round,
        RescanReport report,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var verdict = policy.Judge(await EvidenceAsync(intake, round, cancellationToken), now);
        var failures = verdict.Failures.Select(rule => $"{rule.Rule}: {rule.Reason}").ToList();
        var judged = new RescanState(state.StartedAt, [], failures, state.Rounds + 1);
        var finding = failures.Count > 0 && !failures.SequenceEqual(state.Failures) ? Finding(image, verdict, judged, now) : null;
        if (!await store.SaveAsync(image.Intake, stored, judged, round.Evidence, finding, cancellationToken))
        {
            return report;
        }

        if (finding is not null)
        {
            Log.WouldBeRefused(logger, image.Repository, image.Digest.ToString(), string.Join(' ', failures));
        }

        return report with { Judged = report.Judged + 1, Failing = report.Failing + (failures.Count > 0 ? 1 : 0) };
    }

    /// <summary>The newest report of each scanner: of this round, of earlier rounds, of the intake.</summary>
    private async Task<EvidenceSet> EvidenceAsync(Intake intake, ScanRoundResult round, CancellationToken cancellationToken)
    {
        var atIntake = await intakes.GetEvidenceAsync(intake.Id, cancellationToken);
        var newest = round.Evidence
            .Concat(await store.ReadEvidenceAsync(intake.Id, cancellationToken))
            .Concat(atIntake.IsOk ? atIntake.Value : [])
            .DistinctBy(evidence => evidence.Scanner);
        return new EvidenceSet(intake.Candidate!, [.. newest]) { Requested = intake.Image };
    }

    /// <summary>A scanner whose reports are pushed is not waited for: its last report stands.</summary>
    private static bool IsPushed(ScanJob job) => job is { Settled: false, Ticket: null, Reason: ScanRound.WaitingForPush };

    private static LedgerEvent Finding(ReleasedImage image, Verdict verdict, RescanState judged, DateTimeOffset now) => new(
        LedgerEvent.MakeId(now, "rescan-" + image.Intake, judged.Rounds),
        now,
        LedgerEventTypes.ImageFinding,
        Actor.System("RescanReleased").Id,
        "intake:" + image.Intake,
        image.Scope,
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["digest"] = image.Digest.ToString(),
            ["failures"] = string.Join("; ", judged.Failures),
            ["policy"] = verdict.PolicyVersion,
            ["repository"] = image.Repository,
        });
}
