using System.Text.RegularExpressions;

namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary>One file of <c>infra/bicep</c>. The compiler keeps them formatted, so that lines can be read as they stand.</summary>
/// <param name="Name">From <c>infra/bicep</c>, with '/'.</param>
internal sealed partial record BicepFile(string Name, IReadOnlyList<string> Lines)
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "infra", "bicep");

    public static IReadOnlyList<BicepFile> All { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.bicep", SearchOption.AllDirectories)
            .Select(path => new BicepFile(Path.GetRelativePath(Folder, path).Replace('\\', '/'), File.ReadAllLines(path)))
            .OrderBy(file => file.Name, StringComparer.Ordinal)];

    public static BicepFile Of(string name) => All.Single(file => file.Name == name);

    public IEnumerable<string> Parameters => Lines.Select(line => ParameterLine().Match(line)).Where(match => match.Success).Select(match => match.Groups["name"].Value);

    /// <summary>Types and functions that other files may import.</summary>
    public IEnumerable<string> Exports => Lines
        .SkipWhile(line => line != "@export()")
        .Select(line => ExportLine().Match(line))
        .Where(match => match.Success)
        .Select(match => match.Groups["name"].Value);

    public bool Imports(BicepFile other) => Lines.Any(line => line.StartsWith("import ", StringComparison.Ordinal) && line.EndsWith($"{other.Name.Split('/')[^1]}'", StringComparison.Ordinal));

    /// <summary>Resources that are made, not those referred to as existing, at any depth.</summary>
    public IEnumerable<BicepResource> Resources => Lines
        .Select((line, index) => (Match: ResourceLine().Match(line), Index: index))
        .Where(found => found.Match.Success)
        .Select(found => new BicepResource(
            $"{Name}: {found.Match.Groups["symbol"].Value}",
            found.Match.Groups["type"].Value,
            found.Index == 0 ? string.Empty : Lines[found.Index - 1].Trim(),
            Block(found.Index)));

    /// <summary>The texts of <c>var name = [ … ]</c>.</summary>
    public IReadOnlyList<string> Texts(string variable) =>
        [.. Block(Line($"var {variable} = [")).Skip(1).Select(line => line.Trim()).Where(line => line.StartsWith('\'')).Select(line => line.Trim('\''))];

    /// <summary>The line on which this stands at the left margin.</summary>
    public int Line(string start) => Lines.Select((line, index) => (line, index)).Single(found => found.line.StartsWith(start, StringComparison.Ordinal)).index;

    /// <summary>Whether a name is used anywhere but in its own declaration, in comments and descriptions, and as a property's name.</summary>
    public bool Uses(string name) => Lines.Any(line =>
        !line.StartsWith($"param {name} ", StringComparison.Ordinal)
        && !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
        && !line.TrimStart().StartsWith("@description", StringComparison.Ordinal)
        && !line.StartsWith("import ", StringComparison.Ordinal)
        && Regex.IsMatch(line, $@"(?<=\S.*)\b{name}\b|^\s*{name}\b(?!:)", RegexOptions.None, TimeSpan.FromSeconds(1)));

    /// <summary>From a line to the one that closes it: the next at its depth or less.</summary>
    private List<string> Block(int start)
    {
        var depth = Depth(Lines[start]);
        return [.. Lines.Skip(start).Take(1), .. Lines.Skip(start + 1).TakeWhile(line => line.Length == 0 || Depth(line) > depth)];
    }

    private static int Depth(string line) => line.Length - line.TrimStart().Length;

    [GeneratedRegex(@"^param (?<name>\w+) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ParameterLine();

    [GeneratedRegex(@"^(?:type|func) (?<name>\w+)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExportLine();

    [GeneratedRegex(@"^\s*resource (?<symbol>\w+) '(?<type>[^'@]+)(@[^']+)?' = ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ResourceLine();
}

/// <param name="Name">File and symbol.</param>
/// <param name="Before">The line above it.</param>
internal sealed record BicepResource(string Name, string Type, string Before, IReadOnlyList<string> Lines)
{
    /// <summary>The value of a property, at any depth; null when it is not there.</summary>
    public string? Value(string property) => Lines
        .Select(line => line.Trim())
        .FirstOrDefault(line => line.StartsWith($"{property}: ", StringComparison.Ordinal))?[(property.Length + 2)..];
}
