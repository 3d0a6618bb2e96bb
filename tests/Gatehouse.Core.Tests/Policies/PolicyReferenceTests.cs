using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Gatehouse.Core.Policies.Documents;
using Gatehouse.Core.Scopes;
using Gatehouse.Core.Tests.Policies.Storage;
using Xunit;

namespace Gatehouse.Core.Tests.Policies;

/// <summary>docs/policy.md says what the code does.</summary>
public partial class PolicyReferenceTests
{
    [Fact]
    public void Documents_InTheReference_ReadOrGiveTheErrorPrintedBelowThem()
    {
        var examples = Example().Matches(Reference());

        Assert.Equal(3, examples.Count);
        foreach (Match example in examples)
        {
            var text = example.Groups["yaml"].Value;
            var scope = Scope.Parse(ScopeLine().Match(text).Groups["scope"].Value).Value;
            var result = PolicyParser.Parse(text, scope);
            Assert.Equal(example.Groups["error"].Success ? example.Groups["error"].Value : "ok", result.TryGet(out _, out var error) ? "ok" : error.Message);
        }
    }

    [Fact]
    public async Task Loosening_InTheReference_IsTheErrorOfApply()
    {
        var fixture = new PolicyStoreFixture();
        await fixture.ApplyAsync("contoso", "vulnerabilities:\n  scanners:\n    - trivy\n\n  maxSeverity: high");

        var error = (await fixture.ApplyAsync("contoso/payments", "\nvulnerabilities:\n  maxSeverity: critical")).Error;

        Assert.Contains(error.Message, Reference(), StringComparison.Ordinal);
    }

    private static string Reference([CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/policy.md"));

    [GeneratedRegex(@"```yaml\n(?<yaml>apiVersion.*?)```\n(?:\n```text\n(?<error>.*?)\n```)?", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Example();

    [GeneratedRegex(@"^scope: (?<scope>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ScopeLine();
}
