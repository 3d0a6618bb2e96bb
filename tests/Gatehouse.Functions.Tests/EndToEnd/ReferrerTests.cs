using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Core.Images;
using Gatehouse.Functions.Triggers;
using Gatehouse.Registry.Blobs;
using Gatehouse.TestKit.Peers;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Functions.Tests.EndToEnd;

/// <summary>What refers to an image goes where the image goes, and the release adds its own.</summary>
[Collection(PublishedCollection.Name)]
public sealed class ReferrerTests
{
    private const string Sbom = "application/spdx+json";
    private const string Signature = "application/vnd.cncf.notary.signature";
    private const string Bundle = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Release_ImageWithReferrers_ServesThemAllEverywhereAndLeavesReceipts()
    {
        await using var estate = await PublishedEstate.StartAsync();
        var index = await estate.Azure.PushAsync("team/app", "1.0", Cancel, "amd64", "arm64");
        var sbom = await estate.Azure.PushReferrerAsync("team/app", index, Sbom, Cancel);
        var signature = await estate.Azure.PushReferrerAsync("team/app", sbom, Signature, Cancel);
        var old = await estate.Azure.PushReferrerAsync("team/app", index, "application/vnd.dev.cosign.simplesigning.v1+json", Cancel, $"sha256-{index.Hex}.sig");

        var id = await ReleaseAsync(estate);

        var image = (await estate.SendAsync("GET", $"/api/images/{index}", PublishedEstate.Adam)).Json;
        var release = Assert.Single(image["releases"]!.AsArray())!;
        var attestation = Digest.Parse(release["attestation"]!.GetValue<string>()).Value;
        var repository = release["repository"]!.GetValue<string>();
        await Eventually.NothingIsMissingAsync(async () =>
        {
            foreach (var replica in estate.Azure.Replicas)
            {
                var client = estate.Azure.Clients.Create(replica.Endpoint);
                var ofImage = (await client.ListReferrersAsync(repository, index, Cancel)).Value;
                var ofSbom = (await client.ListReferrersAsync(repository, sbom, Cancel)).Value;
                var tagged = await client.HeadManifestAsync(repository, $"sha256-{index.Hex}.sig", Cancel);
                if (!ofImage.Referrers.Select(one => one.Digest).Order().SequenceEqual(new[] { sbom, attestation }.Order())
                    || ofSbom.Referrers.Single().Digest != signature
                    || !tagged.IsOk
                    || tagged.Value.Digest != old)
                {
                    return $"{replica.Endpoint} does not serve everything yet";
                }
            }

            return null;
        }, PublishedEstate.Limit, Cancel);

        await estate.App.FireTimerAsync(TriggerNames.SealLedger, Cancel);
        var events = await LedgerExports.ReadVerifiedAsync(estate);
        var receipts = events.Where(entry => entry["type"]!.GetValue<string>() == "referrers.closed").Select(entry => entry["details"]!).ToList();
        Assert.Equal(["contosoedge", "contosohub"], receipts.Select(receipt => receipt["registry"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.All(receipts, receipt => Assert.Equal(("3", "3", "none", "none"), (Text(receipt, "expected"), Text(receipt, "found"), Text(receipt, "missing"), Text(receipt, "extra"))));
        var released = events.Single(entry => entry["type"]!.GetValue<string>() == "intake.released" && entry["subject"]!.GetValue<string>() == "intake:" + id);
        Assert.Equal(attestation.ToString(), Text(released["details"]!, "attestation"));
    }

    /// <summary>Nothing of ours checks it: the payload is encoded by hand, and the signature is openssl's to judge.</summary>
    [Fact]
    public async Task Release_Attestation_IsGoodForOpenssl()
    {
        var program = Peer.Find("openssl");
        await using var estate = await PublishedEstate.StartAsync();
        var digest = await estate.Azure.PushAsync("team/app", "1.0", Cancel, "amd64");
        await ReleaseAsync(estate);

        var client = estate.Azure.Clients.Create(estate.Azure.Estate[0].Replicas[0].Endpoint);
        var release = (await estate.SendAsync("GET", $"/api/images/{digest}", PublishedEstate.Adam)).Json["releases"]![0]!;
        var repository = release["repository"]!.GetValue<string>();
        var manifest = JsonNode.Parse((await client.GetManifestAsync(repository, Text(release, "attestation"), Cancel)).Value.Content.Span)!;
        Assert.Equal(Bundle, Text(manifest, "artifactType"));
        Assert.Equal(digest.ToString(), Text(manifest["subject"]!, "digest"));
        var layer = manifest["layers"]![0]!;
        var blob = new Descriptor(Bundle, Digest.Parse(Text(layer, "digest")).Value, layer["size"]!.GetValue<long>());
        var envelope = JsonNode.Parse((await client.ReadBlobAsync(repository, blob, 1024 * 1024, Cancel)).Value.Span)!["dsseEnvelope"]!;
        var payload = Convert.FromBase64String(Text(envelope, "payload"));
        var (encoded, signed, key) = (estate.Directory["pae"], estate.Directory["sig"], estate.Directory["key.pem"]);
        await File.WriteAllBytesAsync(encoded, [.. Encoding.ASCII.GetBytes($"DSSEv1 28 application/vnd.in-toto+json {payload.Length} "), .. payload], Cancel);
        await File.WriteAllBytesAsync(signed, Convert.FromBase64String(Text(envelope["signatures"]![0]!, "sig")), Cancel);
        await File.WriteAllTextAsync(key, (await estate.SendAsync("GET", "/api/ledger/key", PublishedEstate.Adam)).Text, Cancel);

        string[] arguments = ["dgst", "-sha256", "-verify", key, "-signature", signed, encoded];
        using var openssl = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        Assert.Equal("Verified OK\n", await openssl.StandardOutput.ReadToEndAsync(Cancel));
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static async Task<string> ReleaseAsync(PublishedEstate estate)
    {
        var id = await estate.RequestAsync($"{estate.Azure.UpstreamHost}/team/app:1.0");
        await estate.DriveAsync(id, "AwaitingApproval");
        Assert.Equal(200, (await estate.SendAsync("POST", $"/api/intakes/{id}/approve", PublishedEstate.Adam)).Status);
        await estate.DriveAsync(id, "Released");
        return id;
    }
}
