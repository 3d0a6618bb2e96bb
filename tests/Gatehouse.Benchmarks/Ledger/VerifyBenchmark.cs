using System.Security.Cryptography;
using Gatehouse.Benchmarks.Measuring;
using Gatehouse.Benchmarks.Reporting;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Ledger.Merkle;
using Gatehouse.Core.Ledger.Verification;

namespace Gatehouse.Benchmarks.Ledger;

/// <summary>Verifying an export, against hashing the same entries once.</summary>
internal sealed class VerifyBenchmark : IBenchmark
{
    private const int Passes = 5;

    /// <summary>How many times fewer entries the small export has.</summary>
    private const int SmallShare = 20;

    public string Name => "verify";

    public async Task<Section> RunAsync(BenchmarkPlan plan, CancellationToken cancellationToken)
    {
        var events = SampleEvents.Create(plan.VerifiedEntries);
        var (export, small) = (await ExportAsync(events, cancellationToken), await ExportAsync([.. events.Take(events.Count / SmallShare)], cancellationToken));
        var leaves = events.Select(one => LedgerEventJson.Serialize(one).Prepend(MerkleHash.LeafPrefix).ToArray()).ToList();
        var measured = await Rounds.RunAsync(
            plan.Repetitions,
            [
                new("verify", token => Rounds.TimeAsync(Passes * leaves.Count, () => VerifyAsync(export, token))),
                new("hash", _ => Task.FromResult(Rounds.Time(Passes * leaves.Count, () => Hash(leaves)))),
            ],
            cancellationToken);
        return new Section(
            "Ledger: verify an export",
            $"An export of {leaves.Count:N0} entries ({(double)export.Length / (1024 * 1024):F1} MiB of JSON lines, in memory) is verified: signature, order, every leaf and the root. "
            + "The floor is SHA-256 over the same leaves, already decoded; an RFC 6962 tree needs as many hashes again for its inner nodes.",
            [new("verifying an entry of an export", "SHA-256 of the entry alone", measured[0].Over(measured[1]))],
            [new("verify", "entry", measured[0]), new("SHA-256 of the leaves", "entry", measured[1])],
            [$"Allocated by one verification: {await AllocatedAsync(small, cancellationToken):F1} KiB for {events.Count / SmallShare:N0} entries, {await AllocatedAsync(export, cancellationToken):F1} KiB for {events.Count:N0}."]);
    }

    private static async Task<byte[]> ExportAsync(IReadOnlyList<LedgerEvent> events, CancellationToken cancellationToken)
    {
        await using var rig = await LedgerRig.OpenAsync(cancellationToken);
        await rig.Inbox.AppendAsync(events, cancellationToken);
        await rig.Sealer.SealAsync(cancellationToken);
        using var export = new MemoryStream();
        await rig.Ledger.ExportAsync(export, cancellationToken);
        return export.ToArray();
    }

    private static async Task VerifyAsync(byte[] export, CancellationToken cancellationToken)
    {
        for (var pass = 0; pass < Passes; pass++)
        {
            _ = await VerifyOnceAsync(export, cancellationToken);
        }
    }

    /// <exception cref="InvalidOperationException">The export does not verify.</exception>
    private static async Task<LedgerVerification> VerifyOnceAsync(byte[] export, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(export);
        return (await LedgerVerifier.VerifyExportAsync(stream, LedgerTrust.None, cancellationToken)).Value;
    }

    private static void Hash(List<byte[]> leaves)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (var pass = 0; pass < Passes; pass++)
        {
            foreach (var leaf in leaves)
            {
                SHA256.HashData(leaf, hash);
            }
        }
    }

    /// <summary>KiB of all allocations, collected or not: what is small here cannot have been held either.</summary>
    private static async Task<double> AllocatedAsync(byte[] export, CancellationToken cancellationToken)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        _ = await VerifyOnceAsync(export, cancellationToken);
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / 1024.0;
    }
}
