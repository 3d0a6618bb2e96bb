using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Policies.Patterns;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Policies.Documents;

/// <summary>Reads what stands under <c>rules</c>.</summary>
internal static class RuleReader
{
    private static readonly Dictionary<string, Severity> Severities = new()
    {
        ["negligible"] = Severity.Negligible,
        ["low"] = Severity.Low,
        ["medium"] = Severity.Medium,
        ["high"] = Severity.High,
        ["critical"] = Severity.Critical,
    };

    public static RuleSet Read(YamlNode node, Scope scope, Problems problems)
    {
        if (Section.Open(node, "rules", problems, "sources", "mutableTags", "platforms", "size", "vulnerabilities", "approval") is not { } rules)
        {
            return RuleSet.Empty;
        }

        var sources = rules.FindSection("sources", "allow", "deny");
        var mutableTags = rules.FindSection("mutableTags", "deny");
        var platforms = rules.FindSection("platforms", "require");
        var size = rules.FindSection("size", "max");
        var vulnerabilities = rules.FindSection("vulnerabilities", "maxSeverity", "scanners");
        var approval = rules.FindSection("approval", "required", "separationOfDuties");
        var allowed = List(sources, "allow", "[\"docker.io/library/*\"]", ParseSource, scope);
        return new RuleSet
        {
            AllowedSources = allowed.Count == 0 ? [] : [new AllowList(allowed, new Origin(scope, sources!.Find("allow")!.Line))],
            DeniedSources = List(sources, "deny", "[\"docker.io/evil/**\"]", ParseSource, scope),
            MutableTags = List(mutableTags, "deny", "[latest, \"*-nightly\"]", ParseTag, scope),
            Platforms = List(platforms, "require", "[linux/amd64]", ParsePlatform, scope),
            MaxSize = Value<long>(size, "max", (YamlText text, out long bytes) => ByteSize.TryParse(text.Value, out bytes), "a size; write " + ByteSize.Form, scope),
            MaxSeverity = Value<Severity>(vulnerabilities, "maxSeverity", TrySeverity, "a severity", scope, [.. Severities.Keys]),
            Scanners = List(vulnerabilities, "scanners", "[trivy]", ParseScanner, scope),
            Approvals = Value<int>(approval, "required", TryCount, $"a number of people; write 0 to {PolicyLimits.MaxApprovals}", scope),
            SeparationOfDuties = Value<bool>(approval, "separationOfDuties", TryFlag, "yes or no", scope, "true", "false"),
        };
    }

    private static List<Sourced<T>> List<T>(Section? section, string key, string example, Func<string, (T?, string)> parse, Scope scope)
        where T : class =>
        section?.FindList(key, example, parse)?.Select(item => new Sourced<T>(item.Value, new Origin(scope, item.Line))).ToList() ?? [];

    private static Sourced<T>? Value<T>(Section? section, string key, TryParse<T> parse, string expected, Scope scope, params IReadOnlyList<string> allowed) =>
        section?.FindValue(key, parse, expected, allowed) is { } found ? new Sourced<T>(found.Value, new Origin(scope, found.Line)) : null;

    private static (SourcePattern?, string) ParseSource(string text) => (SourcePattern.TryParse(text, out var problem), problem);

    private static (TagPattern?, string) ParseTag(string text) => (TagPattern.TryParse(text, out var problem), problem);

    private static (Platform?, string) ParsePlatform(string text) => text.Any(char.IsAsciiLetterUpper)
        ? (null, $"platforms are lower case; write '{text.ToLowerInvariant()}'")
        : Platform.Parse(text).TryGet(out var platform, out var error) ? (platform, string.Empty) : (null, error.Message.TrimEnd('.'));

    private static (string?, string) ParseScanner(string text) =>
        text.Length is > 0 and <= 63 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? (text, string.Empty)
            : (null, "a scanner's name has 1 to 63 lower-case letters, digits and '-'");

    private static bool TrySeverity(YamlText text, out Severity severity) => Severities.TryGetValue(text.Value, out severity);

    private static bool TryCount(YamlText text, out int count) =>
        int.TryParse(text.Value, System.Globalization.NumberStyles.None, null, out count) && count <= PolicyLimits.MaxApprovals && text.IsPlain;

    // Only the two words of YAML 1.2, and only unquoted: 'yes', "true" and on are what other parsers disagree about.
    private static bool TryFlag(YamlText text, out bool flag)
    {
        flag = text is { IsPlain: true, Value: "true" };
        return flag || text is { IsPlain: true, Value: "false" };
    }
}
