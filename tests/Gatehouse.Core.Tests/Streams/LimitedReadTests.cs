using Gatehouse.Core.Streams;
using Xunit;

namespace Gatehouse.Core.Tests.Streams;

public sealed class LimitedReadTests
{
    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(1, 0, false)]
    [InlineData(40_000, 40_000, true)]
    [InlineData(40_001, 40_000, false)]
    public async Task ToEnd_ByLength_GivesAllOrNothing(int length, int limit, bool fits)
    {
        var content = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();

        var read = await LimitedRead.ToEndAsync(new MemoryStream(content), limit, TestContext.Current.CancellationToken);

        Assert.Equal(fits ? content : null, read?.ToArray());
    }

    [Fact]
    public async Task ToEnd_EndlessStream_StopsAtTheLimit()
    {
        using var endless = new Endless();

        Assert.Null(await LimitedRead.ToEndAsync(endless, 100_000, TestContext.Current.CancellationToken));
        Assert.InRange(endless.Position, 100_001, 200_000);
    }

    /// <summary>There is one such read for every call to a service: it must not cost a buffer of its own.</summary>
    [Fact]
    public async Task ToEnd_ShortAnswer_AllocatesLittleMoreThanItHolds()
    {
        using var content = new MemoryStream(new byte[200]);
        var costs = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            costs.Add(await ReadAsync());
        }

        // The first read fills the pool, and a collection between two may empty it: the usual cost is the least one.
        Assert.InRange(costs.Min(), 200, 2_000);

        async Task<long> ReadAsync()
        {
            content.Position = 0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            await LimitedRead.ToEndAsync(content, 1_000, TestContext.Current.CancellationToken);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private sealed class Endless : MemoryStream
    {
        private long _given;

        public override long Position => _given;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _given += buffer.Length;
            return new ValueTask<int>(buffer.Length);
        }
    }
}
