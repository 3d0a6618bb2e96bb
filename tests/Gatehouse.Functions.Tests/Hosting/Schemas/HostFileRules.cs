using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gatehouse.Functions.Tests.Hosting.Schemas;

/// <summary>What our <c>host.json</c> may be. Source: the host.json reference of Azure Functions 4, as far as a custom handler uses it.</summary>
internal static partial class HostFileRules
{
    private static readonly JsonRule Level = JsonRules.Word("Trace", "Debug", "Information", "Warning", "Error", "Critical", "None");

    private static readonly JsonRule Description = JsonRules.Object(new()
    {
        ["defaultExecutablePath!"] = JsonRules.Text(text => text.Length > 0, "the program"),
        ["workingDirectory"] = JsonRules.Text(text => text.Length > 0, "a folder"),
        ["arguments"] = JsonRules.List(JsonRules.Text(_ => true, "a text")),
    });

    private static readonly JsonRule CustomHandler = JsonRules.Object(new()
    {
        ["description!"] = Description,
        ["enableForwardingHttpRequest"] = JsonRules.Flag,
        ["enableProxyingHttpRequest"] = JsonRules.Flag,
        ["initializationTimeout"] = JsonRules.Time,
    });

    private static readonly JsonRule Queues = JsonRules.Object(new()
    {
        ["batchSize"] = JsonRules.Number(1, 32),
        ["newBatchThreshold"] = JsonRules.Number(0, 1000),
        ["maxDequeueCount"] = JsonRules.Number(1, 100),
        ["visibilityTimeout"] = JsonRules.Time,
        ["maxPollingInterval"] = JsonRules.Time,
        ["messageEncoding"] = JsonRules.Word("base64", "none"),
    });

    private static readonly JsonRule Http = JsonRules.Object(new()
    {
        ["routePrefix"] = JsonRules.Text(_ => true, "a text"),
        ["maxOutstandingRequests"] = JsonRules.Number(-1, 100_000),
        ["maxConcurrentRequests"] = JsonRules.Number(-1, 100_000),
        ["dynamicThrottlesEnabled"] = JsonRules.Flag,
    });

    private static readonly JsonRule Sampling = JsonRules.Object(new()
    {
        ["isEnabled"] = JsonRules.Flag,
        ["maxTelemetryItemsPerSecond"] = JsonRules.Number(1, 1000),
        ["excludedTypes"] = JsonRules.Text(text => Types().IsMatch(text), "types of telemetry with ';' between them"),
    });

    private static readonly JsonRule File = JsonRules.Object(new()
    {
        ["version!"] = JsonRules.Word("2.0"),
        ["functionTimeout!"] = JsonRules.Time,
        ["customHandler!"] = CustomHandler,
        ["extensionBundle!"] = JsonRules.Object(new()
        {
            ["id!"] = JsonRules.Word("Microsoft.Azure.Functions.ExtensionBundle"),
            ["version!"] = JsonRules.Text(text => VersionRange().IsMatch(text), "a range of versions, e.g. [4.*, 5.0.0)"),
        }),
        ["extensions!"] = JsonRules.Object(new() { ["http"] = Http, ["queues"] = Queues }),
        ["logging"] = JsonRules.Object(new()
        {
            ["logLevel"] = JsonRules.Map(Level),
            ["applicationInsights"] = JsonRules.Object(new() { ["samplingSettings"] = Sampling }),
        }),
    });

    public static IReadOnlyList<string> Check(string json) => [.. File("host", JsonNode.Parse(json))];

    [GeneratedRegex(@"\A(?:Dependency|Event|Exception|PageView|Request|Trace)(?:;(?:Dependency|Event|Exception|PageView|Request|Trace))*\z", RegexOptions.None, 1000)]
    private static partial Regex Types();

    [GeneratedRegex(@"\A[[(]\d+(?:\.(?:\d+|\*))*, ?\d+(?:\.\d+)*[])]\z", RegexOptions.None, 1000)]
    private static partial Regex VersionRange();
}
