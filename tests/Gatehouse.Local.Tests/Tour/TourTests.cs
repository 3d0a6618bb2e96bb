using System.Text.Json.Nodes;
using Gatehouse.Local.Tests.Support;
using Xunit;

namespace Gatehouse.Local.Tests.Tour;

public class TourTests
{
    [Fact]
    public async Task Tour_Json_WalksEveryStepAndPrintsOnlyTheDocument()
    {
        await using var program = LocalProgram.Start("tour", "--json");
        var output = await program.FinishAsync(0);

        var report = JsonNode.Parse(output)!;
        Assert.Equal(
            ["start", "request", "judge", "refuse", "separate-duties", "approve", "release", "pull", "upstream-moves", "region-down", "ledger"],
            report["steps"]!.AsArray().Select(step => step!["name"]!.GetValue<string>()));
        Assert.All(report["steps"]!.AsArray(), step => Assert.True(step!["ok"]!.GetValue<bool>()));
        Assert.Equal(
            ["size", "sources", "vulnerabilities"],
            report["refused"]!.AsArray().Select(refusal => refusal!["rule"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.All(report["refused"]!.AsArray(), refusal => Assert.StartsWith("contoso", refusal!["scope"]!.GetValue<string>(), StringComparison.Ordinal));
        Assert.True(report["ledger"]!["verified"]!.GetValue<bool>());
        Assert.Equal(2, report["events"]!["types"]!["Gatehouse.IntakeReleased"]!.GetValue<int>());
        Assert.True(report["events"]!["received"]!.GetValue<int>() > 10);
        Assert.Contains("Every replica serves it", program.Errors, StringComparison.Ordinal);
        Assert.Contains("contosoedge serves 2 of 2 referrers", program.Errors, StringComparison.Ordinal);
        Assert.Contains("attested and locked: sha256:", program.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tour_Json_NamesEveryReplicaWithADigestReference()
    {
        await using var program = LocalProgram.Start("tour", "--json");
        var (_, output) = await program.FinishAsync();

        foreach (var image in JsonNode.Parse(output)!["released"]!.AsArray())
        {
            var registries = image!["registries"]!.AsArray();
            Assert.Equal(["contosohub", "contosoedge"], registries.Select(registry => registry!["name"]!.GetValue<string>()));
            Assert.StartsWith("sha256:", image["attestation"]!.GetValue<string>(), StringComparison.Ordinal);
            var expected = image["image"]!.GetValue<string>().Contains("/api:", StringComparison.Ordinal) ? 2 : 0;
            Assert.All(registries, registry => Assert.Equal((expected, expected), (registry!["closure"]!["expected"]!.GetValue<int>(), registry["closure"]!["found"]!.GetValue<int>())));
            var replicas = registries.SelectMany(registry => registry!["replicas"]!.AsArray()).ToList();
            Assert.Equal(4, replicas.Count);
            Assert.All(replicas, replica =>
            {
                Assert.Equal(image["digest"]!.GetValue<string>(), replica!["digest"]!.GetValue<string>());
                Assert.StartsWith(replica["endpoint"]!.GetValue<string>() + "/", replica["pull"]!.GetValue<string>(), StringComparison.Ordinal);
                Assert.EndsWith("@" + image["digest"]!.GetValue<string>(), replica["pull"]!.GetValue<string>(), StringComparison.Ordinal);
                Assert.True(replica["lagMs"]!.GetValue<long>() >= 0);
            });
        }
    }
}
