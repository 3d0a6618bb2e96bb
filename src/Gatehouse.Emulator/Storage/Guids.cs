using Gatehouse.Core.Time;

namespace Gatehouse.Emulator.Storage;

internal static class Guids
{
    /// <summary>A random GUID, version 4: the form ids of requests, events and operations have in Azure.</summary>
    public static string Next(this IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[16];
        entropy.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
