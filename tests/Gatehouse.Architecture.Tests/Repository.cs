using System.Xml.Linq;

namespace Gatehouse.Architecture.Tests;

/// <summary>The working copy these tests were built from.</summary>
internal static class Repository
{
    /// <summary>Written by tests, from the code.</summary>
    private static readonly string[] Generated = ["docs/cli.md", "docs/configuration.md"];

    public static string Root { get; } = FindRoot();

    public static string Solution { get; } = Path.Combine(Root, "Functions.sln");

    /// <summary>Project files of src and tests, as paths from the root with '/'.</summary>
    public static IReadOnlyList<string> Projects { get; } = Files("*.csproj");

    /// <summary>C# sources of src and tests, without what the build makes.</summary>
    public static IReadOnlyList<string> Sources { get; } = Files("*.cs");

    /// <summary>What is written by hand beside the sources: Bicep, scripts, workflows, checks and documents.</summary>
    public static IReadOnlyList<string> Texts { get; } =
        [.. Under("infra", "*.bicep", "*.bicepparam", "*.sh")
            .Concat(Under(".github", "*.yml", "*.yaml"))
            .Concat(Under("docs", "*.md"))
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, ".ci")).Select(Relative))
            .Where(path => !Generated.Contains(path))
            .Order(StringComparer.Ordinal)];

    public static XDocument Project(string path) => XDocument.Load(Path.Combine(Root, path));

    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    /// <summary>Values of an attribute, e.g. every <c>Include</c> of <c>PackageReference</c>.</summary>
    public static IReadOnlyList<string> Includes(XDocument project, string element) =>
        [.. project.Descendants(element).Select(item => (string?)item.Attribute("Include")).OfType<string>()];

    private static List<string> Files(string pattern) =>
        [.. new[] { "src", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories))
            .Select(Relative)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Under(string folder, params string[] patterns) => patterns
        .SelectMany(pattern => Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories))
        .Select(Relative);

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Functions.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No Functions.sln above {AppContext.BaseDirectory}.");
    }
}
