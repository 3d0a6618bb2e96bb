using System.Runtime.CompilerServices;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Scopes;
using Gatehouse.Core.Tests.Policies.Storage;
using Xunit;

namespace Gatehouse.Core.Tests.Policies;

/// <summary>Every file of samples/policies, applied from the organization down.</summary>
public class SamplePoliciesTests
{
    private readonly PolicyStoreFixture _fixture = new();

    [Fact]
    public async Task Samples_All_ApplyWithoutWarnings()
    {
        var applied = await ApplyAllAsync();

        Assert.Equal(["contoso", "contoso/payments", "contoso/payments/ledger", "contoso/payments/ledger/api"], applied.Select(policy => policy.Scope.Path));
        Assert.All(applied, policy => Assert.Empty(policy.Warnings));
    }

    [Theory]
    [InlineData("contoso", "127.0.0.1:5000/library/tool:1.0", Severity.High, VerdictKind.Review, "")]
    [InlineData("contoso", "localhost:5000/library/tool:1.0", Severity.High, VerdictKind.Review, "")]
    [InlineData("contoso", "registry.k8s.io/pause:3.10", Severity.Low, VerdictKind.Review, "")]
    [InlineData("contoso", "127.0.0.1:5000/untrusted/tool:1.0", Severity.Low, VerdictKind.Refuse, "sources")]
    [InlineData("contoso", "docker.io/bitnami/redis:1.0", Severity.Low, VerdictKind.Refuse, "sources")]
    [InlineData("contoso", "alpine:latest", Severity.Low, VerdictKind.Refuse, "mutable-tags")]
    [InlineData("contoso", "alpine:3.20", Severity.Critical, VerdictKind.Refuse, "vulnerabilities")]
    [InlineData("contoso/payments", "alpine:3.20", Severity.High, VerdictKind.Refuse, "vulnerabilities")]
    [InlineData("contoso/payments", "alpine:3.20", Severity.Medium, VerdictKind.Review, "")]
    [InlineData("contoso/payments/ledger", "alpine:3.20", Severity.Low, VerdictKind.Refuse, "platforms")]
    [InlineData("contoso/payments/ledger/api", "quay.io/a/b:1", Severity.Low, VerdictKind.Refuse, "sources,platforms")]
    public async Task Samples_Image_JudgedAsTheirCommentsSay(string scope, string image, Severity finding, VerdictKind kind, string failed)
    {
        await ApplyAllAsync();

        var verdict = (await _fixture.EffectiveAsync(scope)).Judge(Evidences.Of(image, Evidences.Reported("sample-scanner", Evidences.Finding("CVE-1", finding))), Evidences.Now);

        Assert.Equal((kind, failed), (verdict.Kind, string.Join(',', verdict.Failures.Select(rule => rule.Rule))));
        Assert.Equal(new ApprovalDemand(1, true, Texts.Contoso), verdict.Approval);
    }

    [Theory]
    [InlineData("contoso", 500, VerdictKind.Unknown)]
    [InlineData("contoso", 501, VerdictKind.Refuse)]
    [InlineData("contoso/payments", 64, VerdictKind.Unknown)]
    [InlineData("contoso/payments", 65, VerdictKind.Refuse)]
    public async Task Samples_Size_LimitedByScope(string scope, long mebibytes, VerdictKind kind)
    {
        await ApplyAllAsync();

        Assert.Equal(kind, (await _fixture.EffectiveAsync(scope)).Judge(Evidences.OfPlatforms(Evidences.Image("linux/amd64", mebibytes << 20)), Evidences.Now).Kind);
    }

    private async Task<List<AppliedPolicy>> ApplyAllAsync()
    {
        var applied = new List<AppliedPolicy>();
        var files = Directory.EnumerateFiles(Folder(), "*.yaml")
            .ToDictionary(file => Scope.Parse(Path.GetFileNameWithoutExtension(file).Replace("--", "/", StringComparison.Ordinal)).Value);
        foreach (var (scope, file) in files.OrderBy(file => file.Key.Path, StringComparer.Ordinal))
        {
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            applied.Add((await _fixture.Store.ApplyAsync(scope, text, PolicyStoreFixture.Ada, null, TestContext.Current.CancellationToken)).Value);
        }

        return applied;
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../samples/policies"));
}
