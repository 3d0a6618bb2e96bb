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
