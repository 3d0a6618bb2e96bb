using System.Globalization;
using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Blobs;
using Gatehouse.Registry.Client;
using Gatehouse.TestKit.Http;
using Xunit;

namespace Gatehouse.Registry.Tests.Blobs;

public sealed class BlobReadTests
{
    private static readonly byte[] Blob = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => i.ToString(CultureInfo.InvariantCulture))));
    private static readonly Digest BlobDigest = Digest.OfBytes(Blob);
    private static readonly string Path = $"/v2/app/blobs/{BlobDigest}";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_WholeBlob_IsReadAndVerified(bool chunked)
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get(Path, Blob) with { Chunked = chunked });
        await using var content = (await OpenAsync(fixture)).Value;
        Assert.Equal(chunked ? null : Blob.LongLength, content.Size);
        Assert.Equal(Blob, await ReadAllAsync(content.Stream));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_WrongBytes_ThrowsBeforeTheStreamEnds(bool chunked)
    {
        var wrong = Blob.ToArray();
        wrong[^1] ^= 1;
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get(Path, wrong) with { Chunked = chunked });
        await using var content = (await OpenAsync(fixture)).Value;
        await Assert.ThrowsAsync<BlobDigestException>(() => ReadAllAsync(content.Stream));
    }

    [Fact]
    public async Task Read_WrongBytesKnownSize_NeverHandsOutTheLastOnes()
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get(Path, new byte[Blob.Length]));
        await using var content = (await OpenAsync(fixture)).Value;
        await Assert.ThrowsAsync<BlobDigestException>(async () => await content.Stream.ReadExactlyAsync(new byte[Blob.Length], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_ConnectionBreaks_ResumesWhereItStopped(bool ranges)
    {
        var half = Blob.Length / 2;
        var read = new TaskCompletionSource();
        await using var fixture = await RegistryFixture.StartAsync(
            ScriptStep.Get(Path, Blob) with { FailAfter = half, FailWhen = read.Task, Times = 1 },
            Resumed(ranges));
        await using var content = (await OpenAsync(fixture)).Value;
        var received = new byte[Blob.Length];
        await content.Stream.ReadExactlyAsync(received.AsMemory(0, half), TestContext.Current.CancellationToken);
        read.SetResult();
        await content.Stream.ReadExactlyAsync(received.AsMemory(half), TestContext.Current.CancellationToken);
        Assert.Equal(Blob, received);
        Assert.Equal(0, await content.Stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.Equal(["", $"bytes={half}-"], fixture.Server.Requests.Select(request => request.Header("Range") ?? string.Empty));
    }

    [Fact]
    public async Task Read_ResumedWithOtherBytes_FailsTheDigest()
    {
        var half = Blob.Length / 2;
        var read = new TaskCompletionSource();
        await using var fixture = await RegistryFixture.StartAsync(
            ScriptStep.Get(Path, Blob) with { FailAfter = half, FailWhen = read.Task, Times = 1 },
            Partial(new byte[Blob.Length - half], half, Blob.Length));
        await using var content = (await OpenAsync(fixture)).Value;
        await content.Stream.ReadExactlyAsync(new byte[half], TestContext.Current.CancellationToken);
        read.SetResult();
        await Assert.ThrowsAsync<BlobDigestException>(() => ReadAllAsync(content.Stream));
    }

    [Fact]
    public async Task Read_BreaksEveryTime_GivesUp()
    {
        await using var fixture = await RegistryFixture.StartAsync((options, _) => options.MaxBlobResumes = 3, new ScriptStep("GET", Path)
        {
            Answer = request => request.Header("Range") is null
                ? ScriptStep.Get(Path, Blob) with { FailAfter = 0 }
                : Resumed(true).Answer!(request) with { FailAfter = 0 },
        });
        var opened = await OpenAsync(fixture);
        if (opened.TryGet(out var content, out var failure))
        {
            await Assert.ThrowsAnyAsync<IOException>(() => ReadAllAsync(content.Stream));
            await content.DisposeAsync();
        }
        else
        {
            Assert.Equal(RegistryFailureKind.Unavailable, failure.Kind);
        }

        Assert.InRange(fixture.Server.Requests.Count, 2, 12);
    }

    [Fact]
    public async Task Read_NothingComes_ResumesAfterTheIdleTimeout()
    {
        var never = new TaskCompletionSource();
        await using var fixture = await RegistryFixture.StartAsync(
            ScriptStep.Get(Path, Blob) with { FailAfter = 10, FailWhen = never.Task, Times = 1 },
            Resumed(true));
        await using var content = (await OpenAsync(fixture)).Value;
        await content.Stream.ReadExactlyAsync(new byte[10], TestContext.Current.CancellationToken);
        var rest = ReadAllAsync(content.Stream);
        while (fixture.Server.Requests.Count == 1)
        {
            fixture.Clock.Fire(fixture.Options.BlobIdleTimeout);
            await Task.Yield();
        }

        never.SetResult();
        Assert.Equal(Blob[10..], await rest);
    }

    [Fact]
    public async Task Open_FromAnOffset_ReadsTheRest()
    {
        await using var fixture = await RegistryFixture.StartAsync(Resumed(true));
        await using var content = (await OpenAsync(fixture, 100)).Value;
        Assert.Equal(Blob.Length - 100, content.Size);
        Assert.Equal(Blob[100..], await ReadAllAsync(content.Stream));
    }

    [Fact]
    public async Task Open_WrongRangeAnswered_IsUntrustworthy()
    {
        await using var fixture = await RegistryFixture.StartAsync(Partial(Blob[50..], 50, Blob.Length));
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await OpenAsync(fixture, 100)).Failure.Kind);
    }

    [Fact]
    public async Task Open_LargerThanAllowed_IsUntrustworthy()
    {
        await using var fixture = await RegistryFixture.StartAsync((options, _) => options.MaxBlobBytes = 1000, ScriptStep.Get(Path, Blob));
        Assert.Equal(RegistryFailureKind.Untrustworthy, (await OpenAsync(fixture)).Failure.Kind);
    }

    [Fact]
    public async Task Read_UnannouncedAndLargerThanAllowed_Throws()
    {
        await using var fixture = await RegistryFixture.StartAsync((options, _) => options.MaxBlobBytes = 1000, ScriptStep.Get(Path, Blob) with { Chunked = true });
        await using var content = (await OpenAsync(fixture)).Value;
        await Assert.ThrowsAsync<BlobDigestException>(() => ReadAllAsync(content.Stream));
    }

    [Fact]
    public async Task Open_RedirectToStorage_LeavesTokenBehindOnResumeToo()
    {
        await using var storage = await ScriptedServer.StartAsync(ScriptStep.Get("/store", Blob));
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Reply("GET", Path, 307, ("Location", $"{storage.BaseUri}store?sig=x")));
        await using var content = (await OpenAsync(fixture)).Value;
        Assert.Equal(Blob, await ReadAllAsync(content.Stream));
        Assert.Null(storage.Requests.Single().Authorization);
    }

    [Fact]
    public async Task Head_Blob_SaysItsSize()
    {
        await using var fixture = await RegistryFixture.StartAsync(new ScriptStep("HEAD", Path) { Body = Blob });
        Assert.Equal(Blob.Length, (await fixture.Client.HeadBlobAsync("app", BlobDigest, TestContext.Current.CancellationToken)).Value);
    }

    [Theory]
    [InlineData(0, RegistryFailureKind.Untrustworthy)]
    [InlineData(-1, RegistryFailureKind.Untrustworthy)]
    [InlineData(1, RegistryFailureKind.Untrustworthy)]
    public async Task ReadBlob_SizeNotAsDescribed_IsUntrustworthy(int off, RegistryFailureKind expected)
    {
        await using var fixture = await RegistryFixture.StartAsync(ScriptStep.Get(Path, Blob));
        var descriptor = new Descriptor(MediaTypes.OciConfig, BlobDigest, Blob.Length + off);
        var result = await fixture.Client.ReadBlobAsync("app", descriptor, Blob.Length + 10, TestContext.Current.CancellationToken);
        if (off == 0)
        {
            Assert.Equal(Blob, result.Value.ToArray());
            result = await fixture.Client.ReadBlobAsync("app", descriptor, Blob.Length - 1, TestContext.Current.CancellationToken);
        }

        Assert.Equal(expected, result.Failure.Kind);
    }

    private static ScriptStep Resumed(bool ranges) => new("GET", Path)
    {
        Answer = request => ranges && request.Header("Range") is { } range
            ? Partial(Blob[From(range)..], From(range), Blob.Length)
            : ScriptStep.Get(Path, Blob),
    };

    private static int From(string range) => int.Parse(range.Split('=', '-')[1], CultureInfo.InvariantCulture);

    private static ScriptStep Partial(byte[] body, int from, int total) =>
        ScriptStep.Get(Path, body, ("Content-Range", $"bytes {from}-{from + body.Length - 1}/{total}")) with { Status = 206 };

    private static Task<RegistryResult<BlobContent>> OpenAsync(RegistryFixture fixture, long offset = 0) =>
        fixture.Client.OpenBlobAsync("app", BlobDigest, offset, TestContext.Current.CancellationToken);

    private static async Task<byte[]> ReadAllAsync(Stream stream)
    {
        using var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer, TestContext.Current.CancellationToken);
        return buffer.ToArray();
    }
}
