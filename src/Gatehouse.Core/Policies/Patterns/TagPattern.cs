using System.Buffers;

namespace Gatehouse.Core.Policies.Patterns;

/// <summary>A pattern of tags: <c>*</c> any characters, <c>?</c> one. Tags differ by case, and so do patterns.</summary>
internal sealed class TagPattern
{
    /// <summary>As long as a tag.</summary>
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-*?");

    private readonly Glob _glob;

    private TagPattern(string text) => (Text, _glob) = (text, Glob.OfSegment(text));

    public string Text { get; }

    /// <param name="problem">What is wrong with it, when it is not a pattern.</param>
    public static TagPattern? TryParse(string text, out string problem)
    {
        problem = string.Empty;
        if (text.Length is 0 or > MaxLength)
        {
            problem = $"it has {text.Length} characters; a tag pattern has 1 to {MaxLength}";
        }
        else if (text.AsSpan().IndexOfAnyExcept(Allowed) is var odd and >= 0)
        {
            problem = $"'{text[odd]}' is in no tag; use letters, digits, '_', '.' and '-', and the wildcards '*' and '?'";
        }
        else if (text[0] is '.' or '-')
        {
            problem = $"no tag begins with '{text[0]}'";
        }

        return problem.Length == 0 ? new TagPattern(text) : null;
    }

    public bool Matches(string tag) => _glob.Matches(tag);

    public override string ToString() => Text;
}
