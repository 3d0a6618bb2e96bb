using Gatehouse.Core.Policies.Documents;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Documents;

public class ByteSizeTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("2KB", 2000)]
    [InlineData("2KiB", 2048)]
    [InlineData("3MB", 3_000_000)]
    [InlineData("3 MiB", 3 << 20)]
    [InlineData("4GB", 4_000_000_000)]
    [InlineData("4GiB", 4L << 30)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void TryParse_GoodSize_GivesBytes(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var parsed));
        Assert.Equal(bytes, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("1mib")]
    [InlineData("1TB")]
    [InlineData("1  MiB")]
    [InlineData("+1")]
    [InlineData("0GiB")]
    [InlineData("9223372036854775808")]
    [InlineData("8589934592GiB")]
    [InlineData("１MiB")]
    [InlineData("1MiB\n")]
    public void TryParse_AnythingElse_False(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(999, "999 bytes")]
    [InlineData(500L << 20, "500 MiB")]
    [InlineData(1L << 30, "1 GiB")]
    [InlineData(64_884_113, "61.9 MiB (64884113 bytes)")]
    public void Format_Size_ReadsWell(long bytes, string expected) => Assert.Equal(expected, ByteSize.Format(bytes));
}
