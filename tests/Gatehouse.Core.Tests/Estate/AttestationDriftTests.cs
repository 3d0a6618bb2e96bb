using Gatehouse.Core.Estate;
using Xunit;

namespace Gatehouse.Core.Tests.Estate;

/// <summary>An attestation is pushed at release and replicates after it, as tags do; then it must be everywhere, and locked.</summary>
public class AttestationDriftTests
{
    private readonly EstateFixture _estate = new();

    [Fact]
    public async Task Probe_AttestationStillOnItsWay_IsNoDrift()
    {
        await ReleaseAsync();

        Assert.Equal(0, (await _estate.Monitor.ProbeAsync(EstateFixture.Token)).DriftedManifests);
    }

    [Theory]
    [InlineData(true, true, 2)]
    [InlineData(true, false, 3)]
    [InlineData(false, false, 3)]
    public async Task Probe_OnceTheLagHasPassed_WantsItThereAndLocked(bool there, bool locked, int drifted)
    {
        var image = await ReleaseAsync();
        if (there)
        {
            // The other two never list it.
            _estate.Serve(EstateFixture.North, image.Repository, new ManifestRow(image.Digest, true, true, image.Tags), new ManifestRow(image.Attestation!.Value, locked, true, []));
        }

        _estate.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(drifted, (await _estate.Monitor.ProbeAsync(EstateFixture.Token)).DriftedManifests);
    }

    [Fact]
    public async Task Find_Release_KeepsItsAttestation()
    {
        var image = await ReleaseAsync();

        Assert.Equal(image.Attestation, Assert.Single(await _estate.Released.FindAsync(image.Digest, EstateFixture.Token)).Attestation);
        Assert.True(await _estate.Released.IsKnownAsync(image.Repository, image.Attestation!.Value, EstateFixture.Token));
    }

    /// <summary>No replica lists the attestation yet.</summary>
    private async Task<ReleasedImage> ReleaseAsync()
    {
        var attestation = EstateFixture.DigestOf("attestation");
        var image = _estate.Image("image", ["3.20"]) with { Manifests = [attestation], Attestation = attestation };
        await _estate.Released.AddAsync(image, EstateFixture.Token);
        foreach (var replica in _estate.Estate.Replicas)
        {
            _estate.Serve(replica.Id, image.Repository, new ManifestRow(image.Digest, true, true, image.Tags));
        }

        return image;
    }
}
