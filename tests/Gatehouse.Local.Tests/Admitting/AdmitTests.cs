using System.Text.Json.Nodes;
using Gatehouse.Core.Images;
using Gatehouse.Local.Samples;
using Gatehouse.Local.Tests.Support;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Peers;
using Xunit;

namespace Gatehouse.Local.Tests.Admitting;

public class AdmitTests
{
    private static readonly SamplePackage Clean = new("busybox", "1.36.1-r29", "GPL-2.0-only");
    private static readonly SamplePackage Backdoored = new("xz-libs", "5.6.1-r0", "0BSD");

    [Fact]
    public async Task Admit_ImageFromARealRegistry_IsServedWithTheSameDigestByEveryRegionToARealClient()
    {
        using var directory = new TempDirectory();
        await using var upstream = await DockerRegistryPeer.StartAsync(TestContext.Current.CancellationToken);
        var digest = await SampleLayouts.WriteAsync(directory["layout"], "1.2", Clean);
        await Skopeo.CopyAsync($"oci:{directory["layout"]}:1.2", $"docker://{upstream.Host}/team/app:1.2", TestContext.Current.CancellationToken);

        await using var program = LocalProgram.Start("admit", $"{upstream.Host}/team/app:1.2", "--keep", "--json");
        var report = await program.ReadDocumentAsync();

        var replicas = report["released"]![0]!["registries"]!.AsArray().SelectMany(registry => registry!["replicas"]!.AsArray()).ToList();
        Assert.Equal(4, replicas.Count);

        // The home replica has the tag at once; it reaches the others as the registry replicates.
        var home = replicas[0]!["pull"]!.GetValue<string>();
        var tags = await Skopeo.RunAsync(TestContext.Current.CancellationToken, "list-tags", "--tls-verify=false", "docker://" + home[..home.IndexOf('@', StringComparison.Ordinal)]);
        Assert.Contains("1.2", tags, StringComparison.Ordinal);
        foreach (var replica in replicas)
        {
            var pull = replica!["pull"]!.GetValue<string>();
            var raw = await Skopeo.RunAsync(TestContext.Current.CancellationToken, "inspect", "--raw", "--tls-verify=false", "docker://" + pull);
            Assert.Equal(digest, Digest.OfBytes(System.Text.Encoding.UTF8.GetBytes(raw)));

            var target = directory[replica["region"]!.GetValue<string>()];
            await Skopeo.CopyAsync("docker://" + pull, $"oci:{target}:pulled", TestContext.Current.CancellationToken);
            Assert.Contains(digest.ToString(), await File.ReadAllTextAsync(Path.Combine(target, "index.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Admit_Layout_IsReleased()
    {
        using var directory = new TempDirectory();
        var digest = await SampleLayouts.WriteAsync(directory["layout"], "1.0", Clean);

        await using var program = LocalProgram.Start("admit", $"oci:{directory["layout"]}:1.0", "--json");
        var output = await program.FinishAsync(0);

        var report = JsonNode.Parse(output)!;
        Assert.Equal(digest.ToString(), report["released"]![0]!["digest"]!.GetValue<string>());
        Assert.True(report["ledger"]!["verified"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Admit_ImageWithACriticalFinding_IsRefusedWithExitCode2()
    {
        using var directory = new TempDirectory();
        await SampleLayouts.WriteAsync(directory["layout"], "1.0", Backdoored);

        await using var program = LocalProgram.Start("admit", $"oci:{directory["layout"]}:1.0", "--json");
        var output = await program.FinishAsync(2);

        var refusal = Assert.Single(JsonNode.Parse(output)!["refused"]!.AsArray())!;
        Assert.Equal("vulnerabilities", refusal["rule"]!.GetValue<string>());
        Assert.Contains("CVE-2024-3094", refusal["reason"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(JsonNode.Parse(output)!["released"]!.AsArray());
    }

    [Fact]
    public async Task Admit_IntoAnEstateWithItsOwnPolicies_LeavesThemAlone()
    {
        using var directory = new TempDirectory();
        await SampleLayouts.WriteAsync(directory["layout"], "1.0", Clean);
        Directory.CreateDirectory(directory["policies"]);
        await File.WriteAllTextAsync(
            Path.Combine(directory["policies"], "contoso.yaml"),
            "apiVersion: gatehouse/v1\nkind: Policy\nscope: contoso\nrules:\n  sources: { allow: [\"ghcr.io/**\"] }\n",
            TestContext.Current.CancellationToken);
        await using (var first = LocalProgram.Start("admit", $"oci:{directory["layout"]}:1.0", "--data", directory["data"], "--policies", directory["policies"], "--json"))
        {
            await first.FinishAsync(2);
        }

        await using var second = LocalProgram.Start("admit", $"oci:{directory["layout"]}:1.0", "--data", directory["data"], "--json");
        var output = await second.FinishAsync(2);

        Assert.Equal("sources", JsonNode.Parse(output)!["refused"]![0]!["rule"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("UPPER/case", "UPPER/case")]
    [InlineData("oci:/nowhere/at/all", "/nowhere/at/all")]
    [InlineData("oci:", "oci:DIR")]
    public async Task Admit_SomethingThatIsNoImage_SaysWhatIsWrongAndExits1(string image, string named)
    {
        await using var program = LocalProgram.Start("admit", image, "--json");
        var output = await program.FinishAsync(1);

        Assert.Contains(named, program.Errors, StringComparison.Ordinal);
        var step = Assert.Single(JsonNode.Parse(output)!["steps"]!.AsArray())!;
        Assert.Equal(("read", false), (step["name"]!.GetValue<string>(), step["ok"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task Admit_MalformedScope_IsAUsageError()
    {
        await using var program = LocalProgram.Start("admit", "alpine", "--scope", "Not A Scope");
        await program.FinishAsync(1);

        Assert.Contains("--scope", program.Errors, StringComparison.Ordinal);
    }
}
