using System.Text.Json.Nodes;
using Gatehouse.Functions.Triggers;
using Gatehouse.TestKit.Host;

namespace Gatehouse.Functions.Tests.Hosting;

public sealed class FunctionFilesTests
{
    private static readonly string[] Http = ["Api", "Console", "ClusterAdmission", "UpstreamHooks"];

    private static string Root => PublishedApp.RepositoryRoot();

    [Fact]
    public void Folders_AreTheTriggersAndTheForwardedFunctions()
    {
        var folders = Directory.GetDirectories(Path.Combine(Root, "src", "Gatehouse.Functions", "functions")).Select(folder => Path.GetFileName(folder)!);

        Assert.Equal(TriggerNames.All.Concat(Http).Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void HttpFunctions_CanBeForwarded_AndReachNoTrigger()
    {
        foreach (var name in Http)
        {
            var bindings = Read(name);

            Assert.Equal(["httpTrigger", "http"], bindings.Select(binding => binding!["type"]!.GetValue<string>()));
            Assert.Matches("^(api|console|webhooks/|hooks/|\\{area:regex\\(\\^\\(api\\|openapi\\|healthz\\|metrics\\)\\$\\)\\}/)", bindings[0]!["route"]!.GetValue<string>());
        }
    }

    [Fact]
    public void Bindings_HaveTheNamesTheTriggersRead()
    {
        Assert.Equal(QueueTriggers.Binding, Read("AdvanceIntake").Single()!["name"]!.GetValue<string>());
        Assert.Equal("intake-work", Read("AdvanceIntake").Single()!["queueName"]!.GetValue<string>());
        Assert.Equal(QueueTriggers.Binding, Read("OnQueuedEvent").Single()!["name"]!.GetValue<string>());
        Assert.Equal("gatehouse-events", Read("OnQueuedEvent").Single()!["queueName"]!.GetValue<string>());
        Assert.Equal("AzureWebJobsStorage", Read("OnQueuedEvent").Single()!["connection"]!.GetValue<string>());
        Assert.Equal(["post", "options"], Read("UpstreamHooks")[0]!["methods"]!.AsArray().Select(method => method!.GetValue<string>()));
        Assert.Equal(EventGridTriggers.Binding, Read("OnRegistryEvent").Single()!["name"]!.GetValue<string>());
        Assert.Equal(EventGridTriggers.Binding, Read("OnUpstreamUpdated").Single()!["name"]!.GetValue<string>());
    }

    [Fact]
    public void Timers_HaveSixFieldsAndAreMonitoredFromAMinuteUp()
    {
        foreach (var name in new[] { "WatchUpstream", "ProbeReplicas", "RescanReleased", "SealLedger", "PublishEvents", "Reconcile" })
        {
            var timer = Read(name).Single()!;
            var fields = timer["schedule"]!.GetValue<string>().Split(' ');

            Assert.Equal(6, fields.Length);
            Assert.Equal(!fields[0].Contains('/', StringComparison.Ordinal), timer["useMonitor"]!.GetValue<bool>());
        }
    }

    [Fact]
    public void HostJson_MatchesTheHarnessAndTheQueue()
    {
        var host = JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "host.json")))!;

        Assert.True(host["customHandler"]!["enableForwardingHttpRequest"]!.GetValue<bool>());
        Assert.Equal(string.Empty, host["extensions"]!["http"]!["routePrefix"]!.GetValue<string>());
        Assert.Equal(FunctionsHostHarness.MaxDequeueCount, host["extensions"]!["queues"]!["maxDequeueCount"]!.GetValue<int>());

        // With base64 the host would never deliver a message that is not, and Event Grid may write such.
        Assert.Equal("none", host["extensions"]!["queues"]!["messageEncoding"]!.GetValue<string>());
    }

    private static JsonArray Read(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "src", "Gatehouse.Functions", "functions", name, "function.json")))!["bindings"]!.AsArray();
}
