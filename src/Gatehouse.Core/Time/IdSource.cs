namespace Gatehouse.Core.Time;

/// <summary>Makes ids that sort by the time they were made: 10 characters of milliseconds, 12 of randomness, in lower-case Crockford base 32.</summary>
/// <remarks>Safe in table keys, URLs and file names.</remarks>
public sealed class IdSource(TimeProvider clock, IEntropy entropy)
{
    public const int Length = 22;

    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    public string Next()
    {
        Span<byte> random = stackalloc byte[12];
        entropy.Fill(random);
        Span<char> id = stackalloc char[Length];
        var milliseconds = clock.GetUtcNow().ToUnixTimeMilliseconds();
        for (var i = 9; i >= 0; i--, milliseconds >>= 5)
        {
            id[i] = Alphabet[(int)(milliseconds & 31)];
        }

        for (var i = 0; i < random.Length; i++)
        {
            id[10 + i] = Alphabet[random[i] & 31];
        }

        return new string(id);
    }
}
