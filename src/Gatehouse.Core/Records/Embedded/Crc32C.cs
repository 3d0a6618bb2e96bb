using System.Buffers.Binary;
using System.Numerics;

namespace Gatehouse.Core.Records.Embedded;

/// <summary>CRC-32C (Castagnoli), by the processor's instruction where it has one. Source: RFC 3720 appendix B.4.</summary>
internal static class Crc32C
{
    public static uint Start => uint.MaxValue;

    public static uint Append(uint state, ReadOnlySpan<byte> data)
    {
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(data));
        }

        foreach (var b in data)
        {
            state = BitOperations.Crc32C(state, b);
        }

        return state;
    }

    public static uint Finish(uint state) => ~state;
}
