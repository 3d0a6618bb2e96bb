using System.Globalization;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Core.Intakes;

internal static class EvidenceEvents
{
    public static IntakeEvent Received(ScanEvidence evidence, Actor by) => IntakeEvent.Of(
        LedgerEventTypes.EvidenceReceived,
        by,
        ("scanner", evidence.Scanner),
        ("state", evidence.State.ToString()),
        ("format", evidence.Report?.Format),
        ("findings", evidence.Report?.Findings.Count.ToString(CultureInfo.InvariantCulture)),
        ("highest", evidence.Report?.Highest?.ToString()),
        ("generatedAt", evidence.Report?.GeneratedAt?.ToString("O", CultureInfo.InvariantCulture)),
        ("reason", evidence.Reason));
}
