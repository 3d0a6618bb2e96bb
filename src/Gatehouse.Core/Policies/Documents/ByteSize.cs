using System.Text.RegularExpressions;

namespace Gatehouse.Core.Policies.Documents;

/// <summary>Sizes as people write them: bytes, or a whole number with a unit of 1000s (KB, MB, GB) or 1024s (KiB, MiB, GiB).</summary>
internal static partial class ByteSize
{
    public const string Form = "a whole number of bytes, or one with KiB, MiB, GiB, KB, MB or GB, e.g. 500MiB";

    private static readonly (string Unit, long Bytes)[] Binary = [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10)];

    /// <summary>False for zero, for what exceeds 2^63-1 bytes and for any other form.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        if (Pattern().Match(text) is not { Success: true } match || !long.TryParse(match.Groups["number"].ValueSpan, out var number))
        {
            return false;
        }

        var unit = match.Groups["unit"].Value switch
        {
            "KB" => 1_000L,
            "MB" => 1_000_000L,
            "GB" => 1_000_000_000L,
            "KiB" => 1L << 10,
            "MiB" => 1L << 20,
            "GiB" => 1L << 30,
            _ => 1L,
        };
        if (number > long.MaxValue / unit)
        {
            return false;
        }

        bytes = number * unit;
        return bytes > 0;
    }

    /// <summary>For people: exact when a unit divides it, else one decimal and the bytes.</summary>
    public static string Format(long bytes)
    {
        foreach (var (unit, size) in Binary)
        {
            if (bytes >= size)
            {
                return bytes % size == 0 ? $"{bytes / size} {unit}" : $"{(double)bytes / size:0.0} {unit} ({bytes} bytes)";
            }
        }

        return $"{bytes} bytes";
    }

    [GeneratedRegex(@"\A(?<number>[0-9]{1,19}) ?(?<unit>KiB|MiB|GiB|KB|MB|GB)?\z", RegexOptions.None, 1000)]
    private static partial Regex Pattern();
}
