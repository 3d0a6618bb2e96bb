using Gatehouse.Core.Estate;
using Gatehouse.Core.Records;
using Xunit;

namespace Gatehouse.Core.Tests.Estate;

public sealed class ReleasedImagesTests
{
    private readonly EstateFixture _fixture = new();

    [Fact]
    public async Task Add_NewRelease_IsFoundByRepositoryDigestAndManifest()
    {
        var image = _fixture.Image("index", ["3.20"], manifests: ["amd64", "arm64"]);
        await _fixture.Released.AddAsync(image, EstateFixture.Token);

        Same(image, Assert.Single(await ListAsync()));
        Same(image, Assert.Single(await _fixture.Released.FindAsync(image.Digest, EstateFixture.Token)));
        Assert.Equal([EstateFixture.Repository], await _fixture.Released.ListRepositoriesAsync(EstateFixture.Token).ToListAsync(EstateFixture.Token));
        foreach (var manifest in new[] { "index", "amd64", "arm64" })
        {
            Assert.True(await _fixture.Released.IsKnownAsync(EstateFixture.Repository, EstateFixture.DigestOf(manifest), EstateFixture.Token));
            Assert.False(await _fixture.Released.IsKnownAsync("docker.io/library/other", EstateFixture.DigestOf(manifest), EstateFixture.Token));
        }

        Assert.False(await _fixture.Released.IsKnownAsync(EstateFixture.Repository, EstateFixture.DigestOf("other"), EstateFixture.Token));
    }

    [Fact]
    public async Task Read_ManyReleases_CostsOneQueryOrOnePointRead()
    {
        for (var i = 0; i < 30; i++)
        {
            await _fixture.Released.AddAsync(_fixture.Image($"index{i}", [$"v{i}"], $"intake{i}"), EstateFixture.Token);
        }

        var (queries, reads) = (_fixture.Records.Queries, _fixture.Records.Reads);
        Assert.Equal(30, (await ListAsync()).Count);
        Assert.Equal((1, 0), (_fixture.Records.Queries - queries, _fixture.Records.Reads - reads));

        await _fixture.Released.IsKnownAsync(EstateFixture.Repository, EstateFixture.DigestOf("index7"), EstateFixture.Token);
        Assert.Equal((1, 1), (_fixture.Records.Queries - queries, _fixture.Records.Reads - reads));

        await _fixture.Released.FindAsync(EstateFixture.DigestOf("index7"), EstateFixture.Token);
        Assert.Equal((2, 2), (_fixture.Records.Queries - queries, _fixture.Records.Reads - reads));
    }

    [Fact]
    public async Task Add_SameAgain_ChangesNothing()
    {
        var image = _fixture.Image("index", ["3.20"], manifests: "amd64");
        await _fixture.Released.AddAsync(image, EstateFixture.Token);
        var keys = _fixture.Records.Keys;

        await _fixture.Released.AddAsync(image with { ReleasedAt = image.ReleasedAt.AddHours(1) }, EstateFixture.Token);

        Assert.Equal(keys, _fixture.Records.Keys);
        Same(image, Assert.Single(await ListAsync()));
    }

    [Fact]
    public async Task Add_TagOfAnOlderRelease_MovesIt()
    {
        await _fixture.Released.AddAsync(_fixture.Image("one", ["3.20.1", "3.20", "latest"], "intake1"), EstateFixture.Token);
        await _fixture.Released.AddAsync(_fixture.Image("two", ["3.20.2", "3.20", "latest"], "intake2", minutes: 1), EstateFixture.Token);

        Assert.Equal(["3.20.1"], await TagsAsync("one"));
        Assert.Equal(["3.20", "3.20.2", "latest"], await TagsAsync("two"));
    }

    [Fact]
    public async Task Add_OlderReleaseWrittenLate_LeavesTagsWithTheNewer()
    {
        await _fixture.Released.AddAsync(_fixture.Image("two", ["3.20"], "intake2", minutes: 1), EstateFixture.Token);
        await _fixture.Released.AddAsync(_fixture.Image("one", ["3.20.1", "3.20"], "intake1"), EstateFixture.Token);

        Assert.Equal(["3.20.1"], await TagsAsync("one"));
        Assert.Equal(["3.20"], await TagsAsync("two"));
    }

    [Fact]
    public async Task Add_SameDigestForTwoScopes_KeepsBoth()
    {
        await _fixture.Released.AddAsync(_fixture.Image("one", ["3.20"], "intake1"), EstateFixture.Token);
        await _fixture.Released.AddAsync(_fixture.Image("one", ["3.20"], "intake2", minutes: 1), EstateFixture.Token);

        var found = await _fixture.Released.FindAsync(EstateFixture.DigestOf("one"), EstateFixture.Token);

        Assert.Equal(["intake1", "intake2"], found.Select(image => image.Intake).Order());
        Assert.Equal(["3.20"], found.Single(image => image.Intake == "intake2").Tags);
    }

    [Fact]
    public async Task Add_MoreManifestsThanABatchHolds_KnowsThemAll()
    {
        var manifests = Enumerable.Range(0, 250).Select(i => $"manifest{i}").ToArray();
        await _fixture.Released.AddAsync(_fixture.Image("index", ["3.20"], manifests: manifests), EstateFixture.Token);

        Assert.True(await _fixture.Released.IsKnownAsync(EstateFixture.Repository, EstateFixture.DigestOf("manifest249"), EstateFixture.Token));
        Assert.Equal(250, Assert.Single(await ListAsync()).Manifests.Count);
    }

    [Fact]
    public async Task Add_CrashAtEveryCommit_IsRepairedByDoingItAgain()
    {
        for (var crashAt = 0; crashAt < 4; crashAt++)
        {
            var fixture = new EstateFixture();
            await fixture.Released.AddAsync(fixture.Image("one", ["3.20"], "intake1"), EstateFixture.Token);
            var image = fixture.Image("two", ["3.20"], "intake2", minutes: 1, manifests: "amd64");
            var commit = 0;
            fixture.Records.CrashBefore = _ => commit++ == crashAt;
            await Assert.ThrowsAsync<RecordStoreException>(() => fixture.Released.AddAsync(image, EstateFixture.Token));

            // Half a release is no release: the old one still has its tag, and nobody finds the new one.
            Assert.Equal(["3.20"], Assert.Single(await fixture.Released.ListAsync(EstateFixture.Repository, EstateFixture.Token).ToListAsync(EstateFixture.Token)).Tags);
            Assert.Empty(await fixture.Released.FindAsync(image.Digest, EstateFixture.Token));

            await fixture.Released.AddAsync(image, EstateFixture.Token);
            Same(image, Assert.Single(await fixture.Released.FindAsync(image.Digest, EstateFixture.Token)));
        }
    }

    [Fact]
    public async Task Add_InvalidRepository_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _fixture.Released.AddAsync(_fixture.Image("one", [], repository: "Not/Valid"), EstateFixture.Token));

    private async Task<List<ReleasedImage>> ListAsync() =>
        await _fixture.Released.ListAsync(EstateFixture.Repository, EstateFixture.Token).ToListAsync(EstateFixture.Token);

    private async Task<IEnumerable<string>> TagsAsync(string content) =>
        Assert.Single(await _fixture.Released.FindAsync(EstateFixture.DigestOf(content), EstateFixture.Token)).Tags.Order(StringComparer.Ordinal);

    private static void Same(ReleasedImage expected, ReleasedImage actual)
    {
        Assert.Equal(Facts(expected), Facts(actual));
        Assert.Equal(expected.Tags, actual.Tags);
        Assert.Equal(expected.Manifests, actual.Manifests);
    }

    private static string Facts(ReleasedImage image) => $"{image.Repository} {image.Digest} {image.Source} {image.Scope} {image.Intake} {image.ReleasedAt:O}";
}
