using Gatehouse.Core.Evidence;
using Gatehouse.Core.Records;

namespace Gatehouse.Core.Intakes.Steps;

/// <param name="Evidence">What came in this round.</param>
/// <param name="RetryAfter">The shortest pause a scanner asked for.</param>
internal sealed record ScanRoundResult(IReadOnlyList<ScanJob> Jobs, IReadOnlyList<ScanEvidence> Evidence, TimeSpan? RetryAfter);

/// <summary>Asks every scanner that has not answered yet, once.</summary>
internal sealed class ScanRound(IEnumerable<IScanner> scanners, TimeProvider clock)
{
    /// <summary>Why a job has no ticket when no scanner of its name can be asked.</summary>
    public const string WaitingForPush = "waiting for a report to be pushed";

    private readonly Dictionary<string, IScanner> _scanners = scanners.ToDictionary(scanner => scanner.Name);

    public async Task<ScanRoundResult> RunAsync(Intake intake, CancellationToken cancellationToken)
    {
        var asked = await Task.WhenAll(intake.Scans.Select(job => AskAsync(intake, job, cancellationToken)));
        var pauses = asked.Where(answer => answer.RetryAfter is not null).Select(answer => answer.RetryAfter!.Value).ToList();
        return new ScanRoundResult(
            [.. asked.Select(answer => answer.Job)],
            [.. asked.Where(answer => answer.Evidence is not null).Select(answer => answer.Evidence!)],
            pauses.Count == 0 ? null : pauses.Min());
    }

    private async Task<(ScanJob Job, ScanEvidence? Evidence, TimeSpan? RetryAfter)> AskAsync(Intake intake, ScanJob job, CancellationToken cancellationToken)
    {
        if (job.Settled)
        {
            return (job, null, null);
        }

        if (!_scanners.TryGetValue(job.Scanner, out var scanner))
        {
            return (job with { Ticket = null, Reason = WaitingForPush }, null, null);
        }

        var progress = job.Ticket is null
            ? await scanner.SubmitAsync(intake.Candidate!, cancellationToken)
            : await scanner.PollAsync(intake.Candidate!, job.Ticket, cancellationToken);
        var now = clock.GetUtcNow();
        switch (progress)
        {
            case ScanProgress.Submitted submitted:
                return (job with { Ticket = submitted.Ticket, Reason = "scanning" }, null, submitted.RetryAfter);
            case ScanProgress.Reported reported:
                var evidence = new ScanEvidence(job.Scanner, EvidenceState.Present, reported.Report, null, now);
                return IntakeRows.Write(evidence).Length <= RecordLimits.MaxDataBytes
                    ? (job with { Settled = true, Reason = null }, evidence, null)
                    : Settle(job, $"the report of '{job.Scanner}' is too large to file", now);
            case ScanProgress.Refused refused:
                return Settle(job, refused.Reason, now);
            case ScanProgress.Unavailable down:
                return (job with { Ticket = down.TicketLost ? null : job.Ticket, Reason = down.Reason }, null, down.RetryAfter);
            default:
                throw new InvalidOperationException($"Unknown progress {progress}.");
        }
    }

    /// <summary>The scanner will never say: known to be absent, which blocks as unknown does.</summary>
    private static (ScanJob Job, ScanEvidence? Evidence, TimeSpan? RetryAfter) Settle(ScanJob job, string reason, DateTimeOffset now) =>
        (job with { Settled = true, Reason = reason }, new ScanEvidence(job.Scanner, EvidenceState.Absent, null, reason, now), null);
}
