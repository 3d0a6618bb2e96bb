using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Tests.Intakes;
using Moq;
using Xunit;

namespace Gatehouse.Core.Tests.Attestations;

/// <summary>What a release says of itself, read as a stranger would: nothing of the product's code makes these expectations.</summary>
public class ReleaseAttestationTests
{
    [Fact]
    public async Task Release_Attestation_IsAManifestThatRefersToTheImageAsCosignWritesIt()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var (released, artifact) = await ReleaseAsync(world);

        var manifest = JsonNode.Parse(artifact.Manifest)!;
        Assert.Equal("application/vnd.oci.image.manifest.v1+json", (string?)manifest["mediaType"]);
        Assert.Equal("application/vnd.dev.sigstore.bundle.v0.3+json", (string?)manifest["artifactType"]);
        Assert.Equal("application/vnd.oci.empty.v1+json", (string?)manifest["config"]!["mediaType"]);
        Assert.Equal("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", (string?)manifest["config"]!["digest"]);
        Assert.Equal(2, (int)manifest["config"]!["size"]!);
        var layer = Assert.Single(manifest["layers"]!.AsArray())!;
        Assert.Equal("application/vnd.dev.sigstore.bundle.v0.3+json", (string?)layer["mediaType"]);
        Assert.Equal("sha256:" + Convert.ToHexStringLower(SHA256.HashData(artifact.Layer)), (string?)layer["digest"]);
        Assert.Equal(artifact.Layer.Length, (int)layer["size"]!);
        Assert.Equal(released.Candidate!.Digest.ToString(), (string?)manifest["subject"]!["digest"]);
        Assert.Equal(released.Candidate.ManifestSize, (long)manifest["subject"]!["size"]!);
        Assert.Equal(released.Candidate.MediaType, (string?)manifest["subject"]!["mediaType"]);
        Assert.Equal("dsse-envelope", (string?)manifest["annotations"]!["dev.sigstore.bundle.content"]);
        Assert.Equal("https://slsa.dev/verification_summary/v1", (string?)manifest["annotations"]!["dev.sigstore.bundle.predicateType"]);
        Assert.Equal("sha256:" + Convert.ToHexStringLower(SHA256.HashData(artifact.Manifest)), released.Attestation.ToString());
        Assert.Equal("{}"u8.ToArray(), artifact.Config);
    }

    [Fact]
    public async Task Release_Attestation_VerifiesAsADsseEnvelopeUnderTheLedgersKey()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var (_, artifact) = await ReleaseAsync(world);

        var bundle = JsonNode.Parse(artifact.Layer)!;
        Assert.Equal("application/vnd.dev.sigstore.bundle.v0.3+json", (string?)bundle["mediaType"]);
        Assert.Equal(Convert.ToBase64String(SHA256.HashData(world.Signer.PublicKey)), (string?)bundle["verificationMaterial"]!["publicKey"]!["hint"]);
        var envelope = bundle["dsseEnvelope"]!;
        var payload = Convert.FromBase64String((string)envelope["payload"]!);
        var type = (string)envelope["payloadType"]!;
        Assert.Equal("application/vnd.in-toto+json", type);
        var pae = Encoding.UTF8.GetBytes($"DSSEv1 {type.Length} {type} {payload.Length} ").Concat(payload).ToArray();
        var signature = Convert.FromBase64String((string)Assert.Single(envelope["signatures"]!.AsArray())!["sig"]!);
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(world.Signer.PublicKey, out _);

        Assert.True(key.VerifyData(pae, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        Assert.False(key.VerifyData(payload, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        pae[^1] ^= 1;
        Assert.False(key.VerifyData(pae, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    [Fact]
    public async Task Release_Statement_SaysWhatWasVerifiedByWhomUnderWhichPolicy()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Upstream.Answer = image => new Resolution.Found(FakeUpstream.CandidateOf(image, referrers: 1));
        world.Registries.Lists(FakeUpstream.CandidateOf(IntakeWorld.Image, referrers: 1));
        var (released, artifact) = await ReleaseAsync(world);

        var statement = StatementOf(artifact);
        Assert.Equal("https://in-toto.io/Statement/v1", (string?)statement["_type"]);
        Assert.Equal("https://slsa.dev/verification_summary/v1", (string?)statement["predicateType"]);
        var subject = Assert.Single(statement["subject"]!.AsArray())!;
        Assert.Equal("ghcr.io/shop/api", (string?)subject["name"]);
        Assert.Equal(released.Candidate!.Digest.Hex, (string?)subject["digest"]!["sha256"]);
        var predicate = statement["predicate"]!;
        Assert.Equal("urn:gatehouse:gatehouse", (string?)predicate["verifier"]!["id"]);
        Assert.Equal(released.Verdict!.At, DateTimeOffset.Parse((string)predicate["timeVerified"]!, null), TimeSpan.FromSeconds(1));
        Assert.Equal($"pkg:oci/api@sha256%3A{released.Candidate.Digest.Hex}?repository_url=ghcr.io%2Fshop%2Fapi", (string?)predicate["resourceUri"]);
        Assert.Equal("urn:gatehouse:gatehouse:policy:contoso%401", (string?)predicate["policy"]!["uri"]);
        Assert.Equal("PASSED", (string?)predicate["verificationResult"]);
        Assert.Equal(["GATEHOUSE_RELEASED"], predicate["verifiedLevels"]!.AsArray().Select(level => (string?)level));
        var inputs = predicate["inputAttestations"]!.AsArray();
        Assert.Equal(2, inputs.Count);
        Assert.Equal($"urn:gatehouse:gatehouse:evidence:{released.Id}:trivy", (string?)inputs[0]!["uri"]);
        Assert.Equal(released.Candidate.Referrers[0].Digest.Hex, (string?)inputs[1]!["digest"]!["sha256"]);
    }

    [Fact]
    public async Task Release_VerifierNamed_IsTheOneThatIsNamed()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Attestations.VerifierId = "https://gatehouse.contoso.com/verifier";

        var (_, artifact) = await ReleaseAsync(world);

        Assert.Equal("https://gatehouse.contoso.com/verifier", (string?)StatementOf(artifact)["predicate"]!["verifier"]!["id"]);
    }

    [Fact]
    public async Task Release_Attestation_IsRecordedEverywhereItMustBe()
    {
        await using var world = await IntakeWorld.CreateAsync();
        var (released, artifact) = await ReleaseAsync(world);

        var entry = world.EventsOf(released.Id).Single(entry => entry.Type == LedgerEventTypes.IntakeReleased);
        Assert.Equal(artifact.Digest.ToString(), entry.Details["attestation"]);
        Assert.True(await world.Expected.IsExpectedAsync("ghcr.io/shop/api", artifact.Digest, CancellationToken.None));
        world.Released.Verify(releases => releases.AddAsync(
            It.Is<ReleasedImage>(image => image.Attestation == artifact.Digest && image.Manifests.Contains(artifact.Digest)), It.IsAny<CancellationToken>()));
        Assert.Equal(["edge", "hub"], world.Registries.Attached.Keys.Select(key => key.Registry).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Release_PushFailsAgainAndAgain_SignsOnce()
    {
        await using var world = await IntakeWorld.CreateAsync();
        for (var i = 0; i < 5; i++)
        {
            world.Registries.PublishScript.Enqueue(new PublishOutcome.Failed("503", Retryable: true));
        }

        await ReleaseAsync(world);

        Assert.Equal(1, world.Signer.Signatures);
    }

    [Fact]
    public async Task Release_SignerAway_WaitsAndReleasesNothingUntilItIsBack()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Signer.Away = new InvalidOperationException("vault contoso-kv did not answer");
        var id = await ApproveAsync(world);
        for (var i = 0; i < 3_000; i++)
        {
            await world.DeliverAsync();
            world.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var waiting = await world.GetAsync(id);
        Assert.Equal(IntakeState.Replicating, waiting.State);
        Assert.Contains("vault contoso-kv did not answer", waiting.Reason, StringComparison.Ordinal);
        Assert.Empty(world.Registries.Tags);
        Assert.Empty(world.Registries.Attached);

        world.Signer.Away = null;
        Assert.NotNull((await world.RunAsync(id, IntakeState.Released)).Attestation);
    }

    [Fact]
    public async Task Release_Disabled_HasNone()
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Attestations.Enabled = false;
        var id = await ApproveAsync(world);

        Assert.Null((await world.RunAsync(id, IntakeState.Released)).Attestation);
        Assert.Empty(world.Registries.Attached);
        Assert.Equal(0, world.Signer.Signatures);
    }

    private static JsonNode StatementOf(ReferrerArtifact artifact) =>
        JsonNode.Parse(Convert.FromBase64String((string)JsonNode.Parse(artifact.Layer)!["dsseEnvelope"]!["payload"]!))!;

    private static async Task<string> ApproveAsync(IntakeWorld world)
    {
        var intake = await world.AwaitingAsync();
        await world.Desk.ApproveAsync(intake.Id, IntakeWorld.Adam, null, CancellationToken.None);
        return intake.Id;
    }

    private static async Task<(Intake Released, ReferrerArtifact Artifact)> ReleaseAsync(IntakeWorld world)
    {
        var released = await world.RunAsync(await ApproveAsync(world), IntakeState.Released);
        return (released, world.Registries.Attached[("hub", released.Attestation!.Value)]);
    }
}
