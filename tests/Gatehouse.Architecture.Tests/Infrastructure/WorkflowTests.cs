using System.Text.RegularExpressions;
using Xunit;

namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary>What runs with the project's tokens is fixed, and has no more of them than it needs.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, ".github", "workflows");

    public static TheoryData<string> Workflows => [.. Directory.GetFiles(Folder, "*.yml").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void Workflows_AreThese() => Assert.Equal(
        ["ci.yml", "codeql.yml", "dependency-review.yml", "infra.yml", "release.yml"], Workflows.Select(row => row.Data));

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Actions_Each_ArePinnedByCommitWithTheirVersion(string workflow) => Assert.All(
        Lines(workflow).Where(line => line.Contains("uses:", StringComparison.Ordinal)),
        line => Assert.Matches(Pinned(), line));

    /// <summary>An action has one commit in all workflows.</summary>
    [Fact]
    public void Actions_OfOneName_AreOfOneCommit() => Assert.All(
        Workflows.SelectMany(row => Lines(row.Data)).Select(line => Pinned().Match(line)).Where(match => match.Success)
            .GroupBy(match => match.Groups["action"].Value),
        same => Assert.Single(same.Select(match => match.Groups["commit"].Value + match.Groups["version"].Value).Distinct()));

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Permissions_AtTheTop_AreNone(string workflow) => Assert.Contains("permissions: {}", Lines(workflow));

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Jobs_Each_HavePermissionsAndATimeoutOfTheirOwn(string workflow)
    {
        var jobs = Lines(workflow).SkipWhile(line => line != "jobs:").Count(line => JobLine().IsMatch(line));

        Assert.True(jobs > 0);
        Assert.Equal(jobs, Lines(workflow).Count(line => line == "    permissions:"));
        Assert.Equal(jobs, Lines(workflow).Count(line => line.StartsWith("    timeout-minutes: ", StringComparison.Ordinal)));
        Assert.Contains("concurrency:", Lines(workflow));
    }

    /// <summary>Deployments sign in by federation; and nothing checked out leaves the token behind.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public void Secrets_AreUsedByNone(string workflow)
    {
        Assert.DoesNotContain(Lines(workflow), line => SecretName().IsMatch(line) || line.Contains("pull_request_target", StringComparison.Ordinal));
        Assert.Equal(
            Lines(workflow).Count(line => line.Contains("actions/checkout@", StringComparison.Ordinal)),
            Lines(workflow).Count(line => line.Trim() == "persist-credentials: false"));
    }

    /// <summary>The shell that a step has unless it names one goes by the last command of a pipe alone.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public void Pipes_Each_FailWithTheirFirstCommand(string workflow) => Assert.Equal(
        Lines(workflow).Count(line => Pipe().IsMatch(line)),
        Lines(workflow).Count(line => line.TrimStart().StartsWith("shell: bash", StringComparison.Ordinal)));

    /// <summary>A job's condition is judged before its environment is there, and with it the environment's variables.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public void Conditions_OfJobs_ReadVariablesOfTheRepositoryOnly(string workflow) => Assert.All(
        Lines(workflow).Where(line => line.Contains("vars.", StringComparison.Ordinal) && (line.Contains("&&", StringComparison.Ordinal) || line.TrimStart().StartsWith("if:", StringComparison.Ordinal))),
        line => Assert.Contains("vars.GATEHOUSE_WHAT_IF ", line, StringComparison.Ordinal));

    /// <summary>A release is the folder that the tests started, not one published again.</summary>
    [Fact]
    public void Release_ZipsTheFolderThatWasTested()
    {
        var ci = File.ReadAllLines(Path.Combine(Repository.Root, ".ci", "run"));

        Assert.Contains("app=artifacts/release/app", ci);
        Assert.Contains("export GATEHOUSE_PUBLISHED_APP=$PWD/$app", ci);
        Assert.Contains("        run: cd artifacts/release/app && zip -q -r -X ../gatehouse.zip .", Lines("release.yml"));
        Assert.DoesNotContain(Lines("release.yml"), line => line.Contains("dotnet publish", StringComparison.Ordinal));
    }

    private static string[] Lines(string workflow) => File.ReadAllLines(Path.Combine(Folder, workflow));

    [GeneratedRegex(@"^\s+(- )?uses: (?<action>[\w./-]+)@(?<commit>[0-9a-f]{40}) # (?<version>v\d+\.\d+\.\d+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pinned();

    [GeneratedRegex(@"^[^#]*[^|]\| \w", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pipe();

    [GeneratedRegex(@"\bsecrets[.[]\w", RegexOptions.None, 1000)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"^  [\w-]+:$", RegexOptions.None, 1000)]
    private static partial Regex JobLine();
}
