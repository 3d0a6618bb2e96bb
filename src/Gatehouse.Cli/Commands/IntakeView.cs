using Gatehouse.Cli.Output;
using Gatehouse.Cli.Wire;

namespace Gatehouse.Cli.Commands;

/// <summary>Intakes, for people.</summary>
internal static class IntakeView
{
    public static void List(Printer printer, IntakeListDocument list)
    {
        printer.Table(
            ["id", "state", "scope", "image", "requested", "by"],
            list.Intakes.Select(one => new[] { one.Id, one.State, one.Scope, one.Image, Show.Time(one.RequestedAt), one.RequestedBy.Name }));
        if (list.Continuation is { } next)
        {
            printer.Note($"There are more: --after {next}");
        }
    }

    public static void Detail(Printer printer, IntakeDocument intake)
    {
        printer.Fields(
            ("id", intake.Id),
            ("image", intake.Image),
            ("scope", intake.Scope),
            ("state", $"{intake.State} since {Show.Time(intake.StateSince)}"),
            ("reason", intake.Reason),
            ("duplicate of", intake.DuplicateOf),
            ("requested", $"{Show.Time(intake.RequestedAt)} by {intake.RequestedBy.Name}"),
            ("justification", intake.Justification),
            ("digest", intake.Digest),
            ("size", intake.Candidate is { } candidate ? Show.Bytes(candidate.CompressedBytes) : null),
            ("platforms", intake.Candidate is null ? null : string.Join(", ", intake.Candidate.Platforms.Select(one => one.Platform))),
            ("target", intake.TargetRepository),
            ("tags", string.Join(", ", intake.TargetTags)),
            ("verdict", Verdict(intake)));
        WriteJudgement(printer, intake);
        WriteDelivery(printer, intake);
    }

    private static string? Verdict(IntakeDocument intake) => intake.Verdict is not { } verdict
        ? null
        : $"{verdict.Kind}; {intake.Approvals.Count} of {verdict.ApprovalsNeeded} approvals{(verdict.SeparationOfDuties ? ", none by the requester" : null)}";

    private static void WriteJudgement(Printer printer, IntakeDocument intake)
    {
        Table(printer, ["scanner", "answered", "reason"], intake.Scans.Select(one => new[] { one.Scanner, Show.YesNo(one.Settled), one.Reason }));
        Table(printer, ["rule", "outcome", "decided by", "reason"], (intake.Verdict?.Rules ?? []).Select(one => new[]
        {
            one.Rule, one.Outcome, one.DecidedBy is null || one.Line == 0 ? one.DecidedBy : $"{one.DecidedBy}:{one.Line}", one.Reason,
        }));
        Table(printer, ["approved by", "at", "comment"], intake.Approvals.Select(one => new[] { one.By.Name, Show.Time(one.At), one.Comment }));
    }

    private static void WriteDelivery(Printer printer, IntakeDocument intake)
    {
        Table(printer, ["registry", "imported", "attempts", "last error", "digest"], intake.Imports.Select(one => new[]
        {
            one.Registry, Show.YesNo(one.Done), one.Attempts.ToString(), one.LastError, one.Digest,
        }));
        Table(printer, ["registry", "region", "served since", "lag", "last error"], intake.Replicas.Select(one => new[]
        {
            one.Registry, one.Region, Show.Time(one.ServedAt), Show.Milliseconds(one.LagMs), one.LastError,
        }));
    }

    private static void Table(Printer printer, string[] columns, IEnumerable<string?[]> rows)
    {
        var all = rows.ToList();
        if (all.Count > 0)
        {
            printer.Line();
            printer.Table(columns, all);
        }
    }
}
