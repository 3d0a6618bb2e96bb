using System.Security.Cryptography;

namespace Gatehouse.Core.Time;

/// <summary>The one source of randomness; tests replace it with a seeded one.</summary>
public interface IEntropy
{
    void Fill(Span<byte> buffer);
}

/// <summary>The operating system's cryptographic generator.</summary>
public sealed class SystemEntropy : IEntropy
{
    public void Fill(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);
}

public static class EntropyExtensions
{
    /// <summary>A number in [0, 1), for jitter.</summary>
    public static double NextDouble(this IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[8];
        entropy.Fill(bytes);
        return (BitConverter.ToUInt64(bytes) >> 11) * (1.0 / (1UL << 53));
    }
}
