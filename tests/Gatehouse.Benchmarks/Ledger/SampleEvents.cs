using Gatehouse.Core.Images;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Benchmarks.Ledger;

/// <summary>Events as intakes make them: about half a kilobyte of JSON each. The same every time.</summary>
internal static class SampleEvents
{
    private const int PerIntake = 8;

    private static readonly DateTimeOffset First = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Scope Scope = Scope.Parse("contoso/payments/ledger/api").Value;

    /// <param name="from">The first one's number: others than those before it.</param>
    public static IReadOnlyList<LedgerEvent> Create(int count, int from = 0) => [.. Enumerable.Range(from, count).Select(Make)];

    private static LedgerEvent Make(int number)
    {
        var at = First.AddMilliseconds(number * 7);
        var intake = $"01j0intake{number / PerIntake:D12}";
        var digest = Digest.OfBytes(BitConverter.GetBytes(number / PerIntake)).ToString();
        return new LedgerEvent(
            LedgerEvent.MakeId(at, intake, number % PerIntake),
            at,
            LedgerEventTypes.ReplicaServed,
            "system:intake-workflow",
            $"intake:{intake}",
            Scope,
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["digest"] = digest,
                ["image"] = $"docker.io/library/postgres:17.2@{digest}",
                ["registry"] = "contosohub",
                ["region"] = "westeurope",
                ["lagMilliseconds"] = (400 + (number % 900)).ToString(),
            });
    }
}
