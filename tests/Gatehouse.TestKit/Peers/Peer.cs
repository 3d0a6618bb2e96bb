using Xunit;

namespace Gatehouse.TestKit.Peers;

/// <summary>Programs of others that tests talk to. Missing ones skip the test, unless GATEHOUSE_TEST_PEERS=required.</summary>
public static class Peer
{
    public const string RequiredVariable = "GATEHOUSE_TEST_PEERS";

    /// <summary>The program's path; otherwise the test is skipped or fails.</summary>
    public static string Find(string program)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/bin")
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);
        if (path is not null)
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
}
