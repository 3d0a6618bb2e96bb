namespace Gatehouse.Core.Images;

/// <summary>The parts of a reference, checked in one pass each: no backtracking, so no input is slow. Source: distribution/reference grammar, OCI distribution-spec.</summary>
internal static class ReferenceGrammar
{
    private const int MaxTagLength = 128;

    public static bool IsTag(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxTagLength
        && (char.IsAsciiLetterOrDigit(text[0]) || text[0] == '_')
        && !text.ContainsAnyExcept(TagCharacters);

    /// <summary>Segments joined by '/'; in a segment, runs of lower-case letters and digits joined by '.', '_', '__' or any number of '-'.</summary>
    public static bool IsRepository(ReadOnlySpan<char> text)
    {
        foreach (var segment in text.Split('/'))
        {
            if (!IsSegment(text[segment]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSegment(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length;)
        {
            var run = text[i..].IndexOfAnyExcept(Alphanumeric);
            if (run == 0)
            {
                return false;
            }

            if (run < 0)
            {
                return true;
            }

            var separator = text[(i + run)..];
            var length = separator.IndexOfAny(Alphanumeric);
            if (length < 0 || !IsSeparator(separator[..length]))
            {
                return false;
            }

            i += run + length;
        }

        return false;
    }

    private static bool IsSeparator(ReadOnlySpan<char> text) => text is "." or "_" or "__" || !text.ContainsAnyExcept('-');

    private static readonly System.Buffers.SearchValues<char> Alphanumeric = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly System.Buffers.SearchValues<char> TagCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
}
