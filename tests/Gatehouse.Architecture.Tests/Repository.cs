using System.Xml.Linq;

namespace Gatehouse.Architecture.Tests;

/// <summary>The working copy these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Solution { get; } = Path.Combine(Root, "Functions.sln");

    /// <summary>Project files of src and tests, as paths from the root with '/'.</summary>
    public static IReadOnlyList<string> Projects { get; } = Files("*.csproj");

    /// <summary>C# sources of src and tests, without what the build makes.</summary>
    public static IReadOnlyList<string> Sources { get; } = Files("*.cs");

    public static XDocument Project(string path) => XDocument.Load(Path.Combine(Root, path));

    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    /// <summary>Values of an attribute, e.g. every <c>Include</c> of <c>PackageReference</c>.</summary>
    public static IReadOnlyList<string> Includes(XDocument project, string element) =>
        [.. project.Descendants(element).Select(item => (string?)item.Attribute("Include")).OfType<string>()];

    private static List<string> Files(string pattern) =>
        [.. new[] { "src", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

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
