using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Documents;
using Gatehouse.Registry.Layouts;
using Moq;
using Xunit;

namespace Gatehouse.Registry.Tests.Layouts;

public sealed class ImagePusherTests
{
    private const int Width = 5;

    [Fact]
    public async Task Push_IndexesThatShareWhatTheyList_PushesEverythingOnce()
    {
        var source = new SharingSource();
        var level = Enumerable.Range(0, Width).Select(i => source.Add(MediaTypes.OciManifest, RegistryFixture.Manifest($"{i}"))).ToList();
        for (var depth = 0; depth < 3; depth++)
        {
            var below = level;
            level = [.. Enumerable.Range(0, Width).Select(i => source.Add(MediaTypes.OciIndex, ManifestWriter.Index([.. below.Skip(i), .. below.Take(i)])))];
        }

        var root = source.Add(MediaTypes.OciIndex, ManifestWriter.Index(level));
        var target = new Mock<IRegistryClient>();
        target.Setup(client => client.PushBlobAsync(It.IsAny<string>(), It.IsAny<Descriptor>(), It.IsAny<Func<CancellationToken, ValueTask<Stream>>>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(true);
        target.Setup(client => client.PutManifestAsync("app", It.IsAny<string>(), It.IsAny<string>(), It.IsAny<ReadOnlyMemory<byte>>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((string _, string _, string _, ReadOnlyMemory<byte> content, CancellationToken _) => Digest.OfBytes(content.Span));

        var pushed = await new ImagePusher(source, target.Object, "app").PushAsync(root.Digest, "1.0", 0, TestContext.Current.CancellationToken);

        Assert.Equal(root.Digest, pushed.Value);
        Assert.Equal((4 * Width) + 1, source.Reads);
    }

    private sealed class SharingSource : IImageSource
    {
        private readonly Dictionary<Digest, ManifestContent> _manifests = [];

        public int Reads { get; private set; }

        public Descriptor Add(string mediaType, byte[] content)
        {
            var digest = Digest.OfBytes(content);
            _manifests[digest] = new ManifestContent(digest, mediaType, content);
            return new Descriptor(mediaType, digest, content.Length);
        }

        public Task<RegistryResult<ManifestContent>> GetManifestAsync(Digest digest, CancellationToken cancellationToken)
        {
            Reads++;
            return Task.FromResult<RegistryResult<ManifestContent>>(_manifests[digest]);
        }

        public Task<RegistryResult<Stream>> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("The target takes blobs unread.");

        public string? MountFrom(IRegistryClient target) => null;
    }
}
