using Xunit;

namespace Gatehouse.TestKit.Peers;

/// <summary>Programs of others that tests talk to. Missing ones skip the test, unless GATEHOUSE_TEST_PEERS=required.</summary>
public static class Peer
{
    public const string RequiredVariable = "GATEHOUSE_TEST_PEERS";

    /// <summary>The program's path; otherwise the test is skipped or fails.</summary>
    public static string Find(string program) => Find(program, []);

    /// <param name="further">Directories to look in after those of the path.</param>
    public static string Find(string program, IEnumerable<string> further)
    {
        if (Locate(program, further) is { } path)
        {
            return path;
        }

        if (Environment.GetEnvironmentVariable(RequiredVariable) == "required")
        {
            Assert.Fail($"{program} is not installed, and {RequiredVariable} is 'required'.");
        }

        Assert.Skip($"{program} is not installed.");
        return string.Empty;
    }

    /// <summary>The program's path; null when it is not installed.</summary>
    public static string? Locate(string program, IEnumerable<string> further) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Append("/usr/bin")
        .Concat(further)
        .Select(directory => Path.Combine(directory, program))
        .FirstOrDefault(File.Exists);
}
