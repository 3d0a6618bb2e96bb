using Gatehouse.Core.Time;

namespace Gatehouse.TestKit.Time;

/// <summary>The same "randomness" every time.</summary>
public sealed class SeededEntropy(int seed = 1) : IEntropy
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);

    public void Fill(Span<byte> buffer)
    {
        lock (_gate)
        {
            _random.NextBytes(buffer);
        }
    }
}
