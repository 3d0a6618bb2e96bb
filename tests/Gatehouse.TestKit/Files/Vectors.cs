using Xunit;

namespace Gatehouse.TestKit.Files;

/// <summary>Test vectors of public projects, kept beside the repository; without them a test is skipped and says so.</summary>
public static class Vectors
{
    public const string Variable = "GATEHOUSE_VECTORS";

    /// <summary>The full path of a folder of vectors, e.g. <c>sigstore/happy-path-v0.3</c>.</summary>
    public static string Find(string folder)
    {
        var root = Environment.GetEnvironmentVariable(Variable) ?? Path.Combine(Repository(), "..", "shared", "vectors");
        var found = Path.GetFullPath(Path.Combine(root, folder));
        Assert.SkipUnless(Directory.Exists(found), $"There are no vectors at {found}; {Variable} says where they are.");
        return found;
    }

    private static string Repository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory.Parent is { } parent && !File.Exists(Path.Combine(directory.FullName, "Functions.sln")))
        {
            directory = parent;
        }

        return directory.FullName;
    }
}
