using System.Text.RegularExpressions;
using Gatehouse.Core.Evidence;

namespace Gatehouse.Evidence.Reports.Formats;

/// <summary>One result and its rule, read as a finding.</summary>
/// <remarks>
/// SARIF has no place for a package. Trivy writes <c>Package: x</c> lines into the message; Grype writes such lines into the rule's help
/// and one sentence into the message; others say nothing, and then the place of the result stands in for the package.
/// </remarks>
internal sealed partial class SarifResult(ReportNode result, ReportNode? rule)
{
    /// <summary>How many lines of a text are looked at; what matters stands first.</summary>
    private const int MaxLines = 16;

    private readonly Dictionary<string, string> _message = Labels(result.Object("message")?.LongText("text"));
    private readonly Dictionary<string, string> _help = Labels(rule?.Object("help")?.LongText("text"));

    public Finding ToFinding()
    {
        var sentence = Sentence().Match(Cut(result.Object("message")?.LongText("text")));
        var package = Label(_message, "Package") ?? Group(sentence, "package") ?? Label(_help, "Package") ?? Place();
        return new Finding(
            Id(package),
            package,
            Label(_message, "Installed Version") ?? Group(sentence, "version") ?? Label(_help, "Version"),
            Label(_message, "Fixed Version") ?? Label(_help, "Fix Version") ?? Label(_help, "Fixed Version"),
            Severity());
    }

    private static Dictionary<string, string> Labels(string? text)
    {
        var labels = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var rest = (text ?? string.Empty).AsSpan();
        for (var line = 0; line < MaxLines && rest.Length > 0; line++)
        {
            var end = rest.IndexOf('\n');
            var current = (end < 0 ? rest : rest[..end]).Trim();
            rest = end < 0 ? [] : rest[(end + 1)..];
            var colon = current.IndexOf(": ", StringComparison.Ordinal);
            if (colon > 0 && current.Length <= ReportNode.MaxTextLength)
            {
                labels.TryAdd(current[..colon].ToString(), current[(colon + 2)..].Trim().ToString());
            }
        }

        return labels;
    }

    private static string? Label(Dictionary<string, string> labels, string name) =>
        labels.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static string? Group(Match match, string name) => match.Groups[name] is { Success: true, Length: > 0 } group ? group.Value : null;

    private static string Cut(string? text) => text is null ? string.Empty : text[..Math.Min(text.Length, ReportNode.MaxTextLength)];

    /// <summary>Grype names its rules after vulnerability and package; only the first is the id.</summary>
    private string Id(string package)
    {
        var id = result.Text("ruleId") ?? result.Object("rule")?.Text("id") ?? rule?.Text("id") ?? result.RequiredText("ruleId");
        return id.EndsWith("-" + package, StringComparison.Ordinal) && id.Length > package.Length + 1 ? id[..^(package.Length + 1)] : id;
    }

    private string Place()
    {
        var location = result.Objects("locations").Select(place => (ReportNode?)place).FirstOrDefault();
        return location?.Object("physicalLocation")?.Object("artifactLocation")?.Text("uri") ?? "unnamed";
    }

    /// <summary>The rule's CVSS score, else a severity word, else the level, which has only three steps.</summary>
    private Severity Severity()
    {
        var byScore = Severities.OfScore(rule?.Object("properties")?.Text("security-severity"));
        if (byScore != Core.Evidence.Severity.Unknown)
        {
            return byScore;
        }

        var words = (rule?.Object("properties")?.Texts("tags") ?? []).Append(Label(_message, "Severity")).Append(Label(_help, "Severity"));
        var byWord = words.Select(Severities.Of).Max();
        if (byWord != Core.Evidence.Severity.Unknown || words.Any(word => string.Equals(word, "UNKNOWN", StringComparison.OrdinalIgnoreCase)))
        {
            return byWord;
        }

        // Section 3.27.10: a result without a level has its rule's, and that is "warning" when the rule does not say.
        return (result.Text("level") ?? rule?.Object("defaultConfiguration")?.Text("level") ?? "warning") switch
        {
            "error" => Core.Evidence.Severity.High,
            "warning" => Core.Evidence.Severity.Medium,
            "note" => Core.Evidence.Severity.Low,
            _ => Core.Evidence.Severity.Unknown,
        };
    }

    [GeneratedRegex(
        @" in \S+ package: (?<package>\S+), version (?<version>\S+) was found| reports (?<package>\S+) at version (?<version>\S+) +which (?:is|would)",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Sentence();
}
