using System.Text.RegularExpressions;

namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary>
/// The part of the query language that the rules use, over one trace: <c>where</c> (contains, ==, or, and), <c>parse</c>, <c>extend</c> with
/// <c>extract</c> and <c>coalesce</c>, and <c>project</c>. What comes after <c>summarize</c> is about many traces, and is left alone.
/// </summary>
internal sealed partial class AlertQuery(string text)
{
    private readonly string[] _stages = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimStart('|', ' ').TrimEnd())];

    /// <returns>The columns of the trace after the query, or null when it does not come through.</returns>
    public IReadOnlyDictionary<string, string>? Run(string message)
    {
        var row = new Dictionary<string, string> { ["TimeGenerated"] = "now", ["Message"] = message.TrimEnd() };
        foreach (var stage in _stages.Skip(1).TakeWhile(stage => !stage.StartsWith("summarize ", StringComparison.Ordinal)))
        {
            var rest = stage[(stage.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            switch (stage.Split(' ')[0])
            {
                case "where" when !IsTrue(rest, row):
                    return null;
                case "where":
                    break;
                case "parse":
                    Parse(rest, row);
                    break;
                case "extend":
                    Extend(rest, row);
                    break;
                case "project":
                    row = rest.Split(", ").ToDictionary(column => column, column => row[column]);
                    break;
                default:
                    throw new NotSupportedException($"'{stage}' is not read here.");
            }
        }

        return row;
    }

    private static bool IsTrue(string condition, Dictionary<string, string> row) => condition.Split(" or ").Any(either => either.Split(" and ").All(term =>
    {
        var match = Term().Match(term);
        return match.Success
            ? row[match.Groups["column"].Value] is var value && match.Groups["test"].Value == "contains"
                ? value.Contains(match.Groups["text"].Value, StringComparison.OrdinalIgnoreCase)
                : value == match.Groups["text"].Value
            : throw new NotSupportedException($"'{term}' is not read here.");
    }));

    /// <summary>A pattern that does not fit leaves its columns empty, as the service does.</summary>
    private static void Parse(string rest, Dictionary<string, string> row)
    {
        var parts = ParsePart().Matches(rest[(rest.IndexOf(" with ", StringComparison.Ordinal) + " with ".Length)..]).Select(match => match.Value).ToList();
        var pattern = string.Concat(parts.Select(part => part switch
        {
            "*" => ".*?",
            ['"', ..] => Regex.Escape(part.Trim('"')),
            _ => $"(?<{part}>.*?)",
        }));
        var match = Regex.Match(row[rest.Split(' ')[0]], $"^{pattern}$", RegexOptions.Singleline, TimeSpan.FromSeconds(1));
        foreach (var column in parts.Where(part => part[0] is not ('*' or '"')))
        {
            row[column] = match.Groups[column].Value;
        }
    }

    private static void Extend(string rest, Dictionary<string, string> row) =>
        row[rest.Split(' ')[0]] = Extraction().Matches(rest)
            .Select(found => Regex.Match(row["Message"], found.Groups["pattern"].Value, RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value)
            .FirstOrDefault(value => value.Length > 0, string.Empty);

    [GeneratedRegex(@"^(?<column>\w+) (?<test>contains|==) ""(?<text>[^""]*)""$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Term();

    [GeneratedRegex(@"""[^""]*""|\*|\w+", RegexOptions.None, 1000)]
    private static partial Regex ParsePart();

    [GeneratedRegex(@"extract\(@""(?<pattern>[^""]*)"", 1, Message\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Extraction();
}
