using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Core.Ledger.Verification;

namespace Gatehouse.Functions.Tests.EndToEnd;

internal static class LedgerExports
{
    /// <summary>Exports the whole ledger, verifies it against the key the app publishes, and gives its events in order.</summary>
    public static async Task<IReadOnlyList<JsonNode>> ReadVerifiedAsync(PublishedEstate estate)
    {
        var export = await estate.SendAsync("GET", "/api/ledger/export", PublishedEstate.Adam);
        var key = await estate.SendAsync("GET", "/api/ledger/key", PublishedEstate.Adam);
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(key.Text);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(export.Text));
        var verified = await LedgerVerifier.VerifyExportAsync(stream, new LedgerTrust(ecdsa.ExportSubjectPublicKeyInfo()), TestContext.Current.CancellationToken);
        Assert.True(verified.IsOk, verified.IsOk ? null : verified.Error.Message);
        var events = export.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => JsonNode.Parse(Convert.FromBase64String(JsonNode.Parse(line)!["data"]!.GetValue<string>()))!)
            .ToList();
        Assert.Equal(verified.Value.Checkpoint.Size, events.Count);
        return events;
    }
}
