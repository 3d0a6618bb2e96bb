using Gatehouse.Core.Records.Embedded;
using Xunit;

namespace Gatehouse.Core.Tests.Records.Embedded;

public sealed class Crc32CTests
{
    /// <summary>Source: RFC 3720 appendix B.4, and the check value of the CRC catalogue.</summary>
    [Fact]
    public void Finish_KnownData_IsTheKnownChecksum()
    {
        Assert.Equal(0xE3069283u, Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Of([.. Enumerable.Repeat((byte)0xff, 32)]));
        Assert.Equal(0x46DD794Eu, Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
    }

    private static uint Of(ReadOnlySpan<byte> data) => Crc32C.Finish(Crc32C.Append(Crc32C.Start, data));
}
