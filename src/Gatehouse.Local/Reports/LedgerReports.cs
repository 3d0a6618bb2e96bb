using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Ledger.Verification;
using Gatehouse.Local.Api;
using Gatehouse.Local.Tour;

namespace Gatehouse.Local.Reports;

/// <summary>Checks the ledger from outside: what the API serves, against the key it publishes.</summary>
internal static class LedgerReports
{
    /// <summary>Downloads the whole log and verifies every byte of it.</summary>
    /// <exception cref="StepFailedException">It does not verify.</exception>
    public static async Task<LedgerReport> VerifyAsync(GatehouseApi api, CancellationToken cancellationToken)
    {
        var trust = new LedgerTrust(await PublicKeyAsync(api, cancellationToken));
        await using var export = await api.DownloadAsync("/api/ledger/export", cancellationToken);
        var result = await LedgerVerifier.VerifyExportAsync(export, trust, cancellationToken);
        return result.TryGet(out var verified, out var error)
            ? new LedgerReport(verified.Checkpoint.Size, Convert.ToBase64String(verified.Checkpoint.Root), Verified: true)
            : throw new StepFailedException($"the ledger does not verify: {error.Message}");
    }

    public static async Task<bool> IncludesAsync(GatehouseApi api, JsonNode entry, JsonNode checkpoint, CancellationToken cancellationToken)
    {
        var (index, size) = (entry["index"]!.GetValue<long>(), checkpoint["size"]!.GetValue<long>());
        var proof = await api.GetAsync($"/api/ledger/inclusion?index={index}&size={size}", cancellationToken);
        var leaf = LedgerVerifier.HashLeaf(Convert.FromBase64String(entry["data"]!.GetValue<string>()));
        return LedgerVerifier.VerifyInclusion(new InclusionProof(index, size, leaf, Hashes(proof)), RootOf(checkpoint));
    }

    public static async Task<bool> ExtendsAsync(GatehouseApi api, JsonNode earlier, JsonNode checkpoint, CancellationToken cancellationToken)
    {
        var (first, second) = (earlier["size"]!.GetValue<long>(), checkpoint["size"]!.GetValue<long>());
        var proof = await api.GetAsync($"/api/ledger/consistency?first={first}&second={second}", cancellationToken);
        return LedgerVerifier.VerifyConsistency(new ConsistencyProof(first, second, Hashes(proof)), RootOf(earlier), RootOf(checkpoint));
    }

    private static async Task<byte[]> PublicKeyAsync(GatehouseApi api, CancellationToken cancellationToken)
    {
        await using var stream = await api.DownloadAsync("/api/ledger/key", cancellationToken);
        using var reader = new StreamReader(stream);
        using var key = ECDsa.Create();
        key.ImportFromPem(await reader.ReadToEndAsync(cancellationToken));
        return key.ExportSubjectPublicKeyInfo();
    }

    private static byte[] RootOf(JsonNode checkpoint) => Convert.FromBase64String(checkpoint["root"]!.GetValue<string>());

    private static List<byte[]> Hashes(JsonNode proof) => [.. proof["path"]!.AsArray().Select(hash => Convert.FromBase64String(hash!.GetValue<string>()))];
}
