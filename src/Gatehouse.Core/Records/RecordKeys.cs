using System.Text;

namespace Gatehouse.Core.Records;

/// <summary>Builds keys that Table storage takes: no <c>/ \ # ?</c> and no control characters. Source: "Understanding the Table service data model".</summary>
public static class RecordKeys
{
    /// <summary>Writes any text as a key: forbidden characters and '%' become %XX of their UTF-8 bytes; order is kept among safe characters.</summary>
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Safe))
        {
            return text;
        }

        var key = new StringBuilder(text.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && Safe.Contains((char)rune.Value))
            {
                key.Append((char)rune.Value);
                continue;
            }

            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                key.Append('%').Append(b.ToString("X2"));
            }
        }

        return key.ToString();
    }

    public static string Decode(string key) => Uri.UnescapeDataString(key);

    /// <summary>A number as text that sorts as the number does: 20 decimal digits.</summary>
    public static string Number(long value) => value.ToString("D20");

    /// <summary>A time as text that sorts as the time does, to the tick.</summary>
    public static string Time(DateTimeOffset time) => Number(time.UtcTicks);

    /// <summary>A time as text that sorts newest first.</summary>
    public static string TimeDescending(DateTimeOffset time) => Number(DateTimeOffset.MaxValue.UtcTicks - time.UtcTicks);

    /// <summary>Whether <paramref name="key"/> can be a partition or row key: printable ASCII but <c>/ \ # ?</c>.</summary>
    /// <remarks>Only ASCII, because there the order of UTF-16, of UTF-8 and of every back end is one and the same; <see cref="Encode"/> makes anything else so.</remarks>
    public static bool IsValid(string? key) =>
        key is { Length: > 0 and <= RecordLimits.MaxKeyLength } && !key.AsSpan().ContainsAnyExceptInRange(' ', '~') && !key.AsSpan().ContainsAny(Forbidden);

    private static readonly System.Buffers.SearchValues<char> Forbidden = System.Buffers.SearchValues.Create("/\\#?");

    private static readonly System.Buffers.SearchValues<char> Safe = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:@,;=+!~*'()$ ");
}
