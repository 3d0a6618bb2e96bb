using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Blobs;
using Gatehouse.TestKit.Peers;

namespace Gatehouse.Functions.Tests.EndToEnd;

/// <summary>The attestation of a release, as a registry serves it: nothing of ours reads it, the payload is encoded by hand, and the signature is openssl's to judge.</summary>
internal static class ReleasedAttestation
{
    private const string Bundle = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Verifies it with the key the app publishes.</summary>
    public static async Task VerifyAsync(PublishedEstate estate, Digest image)
    {
        var program = Peer.Find("openssl");
        var client = estate.Azure.Clients.Create(estate.Azure.Estate[0].Replicas[0].Endpoint);
        var release = (await estate.SendAsync("GET", $"/api/images/{image}", PublishedEstate.Adam)).Json["releases"]![0]!;
        var repository = Text(release, "repository");
        var manifest = JsonNode.Parse((await client.GetManifestAsync(repository, Text(release, "attestation"), Cancel)).Value.Content.Span)!;
        Assert.Equal(Bundle, Text(manifest, "artifactType"));
        Assert.Equal(image.ToString(), Text(manifest["subject"]!, "digest"));
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
}
