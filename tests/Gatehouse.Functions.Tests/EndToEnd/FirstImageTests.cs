using Gatehouse.Functions.Auth;
using Gatehouse.TestKit.Host;

namespace Gatehouse.Functions.Tests.EndToEnd;

/// <summary>The walk of docs/deploy.md from an empty estate to the first image, with the policy it applies: nobody scans unless a person files a report.</summary>
[Collection(PublishedCollection.Name)]
public sealed class FirstImageTests
{
    private static readonly LocalIdentity Sam = new("sam", "Sam", ["Scanner"]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FirstImage_ByTheDeployedPolicy_IsReleasedOnceItsReportIsFiledAndSomebodyElseApproves()
    {
        await using var estate = await PublishedEstate.StartAsync(policy: null);
        var policy = await File.ReadAllTextAsync(Path.Combine(PublishedApp.RepositoryRoot(), "samples", "deploy", "contoso.yaml"), Cancel);
        Assert.DoesNotContain("127.0.0.1", policy, StringComparison.Ordinal);
        Assert.Contains("docker.io/library/**", policy, StringComparison.Ordinal);
        var applied = await estate.SendAsync("PUT", "/api/policies/contoso", PublishedEstate.Paula, policy.Replace("docker.io/library", "\"127.0.0.1:*/library", StringComparison.Ordinal).Replace("library/**", "library/**\"", StringComparison.Ordinal), "application/yaml");
        Assert.True(applied.Status == 200, applied.Text);
        await estate.Azure.PushAsync("library/alpine", "3.20", Cancel, "amd64");

        var asked = await estate.SendAsync("POST", "/api/intakes", PublishedEstate.Rita, PublishedEstate.Submission($"{estate.Azure.UpstreamHost}/library/alpine:3.20", "contoso"));
        Assert.True(asked.Status == 202, asked.Text);
        var id = asked.Json["id"]!.GetValue<string>();
        await estate.DriveAsync(id, intake => intake.ToJsonString().Contains("trivy has not reported", StringComparison.Ordinal) ? null : $"does not say that trivy is waited for: {intake.ToJsonString()}");
        Assert.Equal("Assessing", (await estate.IntakeAsync(id))["state"]!.GetValue<string>());
        var filed = await estate.SendAsync("POST", $"/api/intakes/{id}/evidence?scanner=trivy", Sam, """{"SchemaVersion":2,"ArtifactName":"alpine","ArtifactType":"container_image","Results":[]}""");
        Assert.True(filed.Status is 200 or 201 or 202, filed.Text);

        await estate.DriveAsync(id, "AwaitingApproval");
        Assert.Equal(403, (await estate.SendAsync("POST", $"/api/intakes/{id}/approve", PublishedEstate.Rita)).Status);
        await estate.ApproveAsync(id);
        await estate.DriveAsync(id, "Released");
    }
}
