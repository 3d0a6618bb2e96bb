using Gatehouse.Benchmarks.Azure.Adapters;
using Gatehouse.Benchmarks.Measuring;
using Gatehouse.Benchmarks.Reporting;

namespace Gatehouse.Benchmarks.Azure;

/// <summary>What one call costs through the adapters' pipelines, against the same call by a bare <see cref="HttpClient"/>: time and memory.</summary>
internal sealed class AdapterBenchmark : IBenchmark
{
    private const string Method =
        "calls, one after another on one connection, to a server on loopback that answers at once, always with the same bytes, and allocates nothing of its own. The adapters sign or show a token, stamp, "
        + "send through Azure.Core's pipeline (retries, request ids, diagnostics), read within a limit and parse; the bare client sends and reads, and shows no token. "
        + "Resource Manager and Key Vault are asked over TLS, for Azure.Core sends bearer tokens no other way; the others over plain HTTP. The server is in the same process, so what its `SslStream` takes and allocates "
        + "(a cipher's time, and next to no memory) counts on both sides, and draws those two ratios towards 1. The credential is a stub with one token, which is kept; what Azure.Identity takes is measured nowhere. "
        + "The budget for Resource Manager is so large that no call waits for it. A registry's access token is bought with a refresh token that is kept, and Key Vault signs with a key that is known: both are asked for once, "
        + "in rounds that do not count. Key Vault's answer holds a real signature, because our signer checks each; what the check takes by itself is given too.";

    public string Name => "adapters";

    public async Task<Section> RunAsync(BenchmarkPlan plan, CancellationToken cancellationToken)
    {
        await using var row = StoragePairs.ReadRow();
        await using var message = StoragePairs.PutMessage();
        await using var registry = ArmPair.ReadRegistry();
        await using var access = TokenPair.BuyAccess();
        await using var signature = VaultPair.Sign();
        CallPair[] pairs = [row, message, registry, access, signature];
        List<Call> calls = [.. pairs.SelectMany(pair => new[] { pair.Adapter, pair.Bare, pair.Part }).OfType<Call>()];
        var series = await Rounds.RunAsync(
            plan.Repetitions,
            [.. calls.Select(call => new Contender(call.Name, token => Rounds.TimeAsync(plan.AdapterCalls, () => RepeatAsync(call, plan.AdapterCalls, token))))],
            cancellationToken);
        var measured = calls.Zip(series).ToDictionary(entry => entry.First, entry => entry.Second);
        var notes = new List<string>();
        foreach (var pair in pairs)
        {
            notes.Add(await CompareAllocationsAsync(pair, plan.AdapterCalls, cancellationToken));
        }

        return new Section(
            "Adapters: one call",
            $"{plan.AdapterCalls:N0} {Method}",
            [.. pairs.Select(pair => new Ratio(pair.Adapter.Name, pair.Bare.Name, measured[pair.Adapter].Over(measured[pair.Bare])))],
            [.. calls.Select(call => new Figure(call.Name, "call", measured[call]))],
            notes);
    }

    private static async Task<string> CompareAllocationsAsync(CallPair pair, int times, CancellationToken cancellationToken)
    {
        var (adapter, bare) = (await AllocatedAsync(pair.Adapter, times, cancellationToken), await AllocatedAsync(pair.Bare, times, cancellationToken));
        return $"Allocated by {pair.Adapter.Name}: {adapter:N0} bytes a call; by the bare call {bare:N0}: {MarkdownReport.Number(adapter / bare)} times as much.";
    }

    private static async Task RepeatAsync(Call call, int times, CancellationToken cancellationToken)
    {
        for (var i = 0; i < times; i++)
        {
            await call.RunAsync(cancellationToken);
        }
    }

    private static async Task<double> AllocatedAsync(Call call, int times, CancellationToken cancellationToken)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await RepeatAsync(call, times, cancellationToken);
        return (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / times;
    }
}
