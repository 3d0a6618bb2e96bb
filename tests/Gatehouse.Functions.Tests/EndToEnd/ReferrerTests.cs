using System.Text.Json.Nodes;
using Gatehouse.Core.Images;
using Gatehouse.Functions.Triggers;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Functions.Tests.EndToEnd;

/// <summary>What refers to an image goes where the image goes, and the release adds its own.</summary>
[Collection(PublishedCollection.Name)]
public sealed class ReferrerTests
{
    private const string Sbom = "application/spdx+json";
    private const string Signature = "application/vnd.cncf.notary.signature";

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

    [Fact]
    public async Task Release_Attestation_IsGoodForOpenssl()
    {
        await using var estate = await PublishedEstate.StartAsync();
        var digest = await estate.Azure.PushAsync("team/app", "1.0", Cancel, "amd64");
        await ReleaseAsync(estate);

        await ReleasedAttestation.VerifyAsync(estate, digest);
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static async Task<string> ReleaseAsync(PublishedEstate estate)
    {
        var id = await estate.RequestAsync($"{estate.Azure.UpstreamHost}/team/app:1.0");
        await estate.ApproveAsync(id);
        await estate.DriveAsync(id, "Released");
        return id;
    }
}
