using Gatehouse.Core.Images;
using Gatehouse.Core.Tests.Policies;
using Xunit;

namespace Gatehouse.Core.Tests.Images;

public class CandidateTests
{
    private static readonly Descriptor Shared = new(MediaTypes.OciLayerGzip, Evidences.DigestOf("shared"), 100);

    [Fact]
    public void CompressedBytes_LayerSharedByPlatforms_CountsOnce() =>
        Assert.Equal(100 + 5 + 7, Of([Shared], [Shared], 5, 7).CompressedBytes);

    [Fact]
    public void CompressedBytes_TwoClaimsForOneDigest_TheLargerCounts() =>
        Assert.Equal(100, Of([Shared with { Size = 1 }], [Shared], 0, 0).CompressedBytes);

    [Fact]
    public void CompressedBytes_SizesBeyondTheRange_StayAtTheLargestNumber()
    {
        var huge = Of([Shared with { Size = long.MaxValue }], [], 5, 7);

        Assert.Equal(long.MaxValue, huge.CompressedBytes);
        Assert.Equal(long.MaxValue, huge.Platforms[0].CompressedBytes);
    }

    [Fact]
    public void IsIndex_MediaTypes_OnlyTheTwoIndexTypes()
    {
        Assert.True(MediaTypes.IsIndex(MediaTypes.OciIndex) && MediaTypes.IsIndex(MediaTypes.DockerList));
        Assert.False(MediaTypes.IsIndex(MediaTypes.OciManifest) || MediaTypes.IsIndex(null));
        Assert.True(MediaTypes.IsManifest(MediaTypes.OciManifest) && MediaTypes.IsManifest(MediaTypes.DockerManifest));
    }

    private static Candidate Of(Descriptor[] first, Descriptor[] second, long firstConfig, long secondConfig)
    {
        var (one, two) = (Evidences.Image("linux/amd64"), Evidences.Image("linux/arm64"));
        return Evidences.Candidate(platforms:
        [
            one with { Layers = first, Config = one.Config with { Size = firstConfig } },
            two with { Layers = second, Config = two.Config with { Size = secondConfig } },
        ]);
    }
}
