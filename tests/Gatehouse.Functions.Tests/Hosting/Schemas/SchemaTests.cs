using Gatehouse.TestKit.Host;

namespace Gatehouse.Functions.Tests.Hosting.Schemas;

/// <summary>The rules find what the host would take without a word and then not do.</summary>
public sealed class SchemaTests
{
    private static string Root => PublishedApp.RepositoryRoot();

    public static TheoryData<string> Functions => [.. Directory.GetDirectories(Path.Combine(Root, "src", "Gatehouse.Functions", "functions")).Select(folder => Path.GetFileName(folder)!)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void FunctionFile_OfOurs_IsAsTheHostReadsIt(string name)
    {
        Assert.Matches("^[A-Za-z][A-Za-z0-9_-]{0,126}$", name);
        Assert.Empty(FunctionFileRules.Check(File.ReadAllText(Path.Combine(Root, "src", "Gatehouse.Functions", "functions", name, "function.json"))));
    }

    [Fact]
    public void HostFile_OfOurs_IsAsTheHostReadsIt() => Assert.Empty(HostFileRules.Check(File.ReadAllText(Path.Combine(Root, "host.json"))));

    [Theory]
    [InlineData("""{}""", "function.bindings: missing")]
    [InlineData("""{"bindings":[]}""", "function.bindings: a list of at least one")]
    [InlineData("""{"bindings":[{"type":"queueTriger","direction":"in","name":"msg"}]}""", "function.bindings[0].type: one of httpTrigger, http, timerTrigger, queueTrigger, eventGridTrigger")]
    [InlineData("""{"bindings":[{"type":"eventGridTrigger","direction":"out","name":"event"}]}""", "function.bindings[0].direction: one of in")]
    [InlineData("""{"bindings":[{"type":"eventGridTrigger","direction":"in","name":"1st"}]}""", "function.bindings[0].name: a letter, then letters and digits")]
    [InlineData("""{"bindings":[{"type":"queueTrigger","direction":"in","name":"msg","queue":"work","queueName":"Work","connection":"S"}]}""", "function.bindings[0].queue: unknown", "function.bindings[0].queueName: a queue name: 3 to 63 lower-case letters, digits and single dashes")]
    [InlineData("""{"bindings":[{"type":"queueTrigger","direction":"in","name":"msg","queueName":"work"}]}""", "function.bindings[0].connection: missing")]
    [InlineData("""{"bindings":[{"type":"timerTrigger","direction":"in","name":"timer","schedule":"*/5 * * * *","useMonitor":"yes","runOnStartup":false}]}""", "function.bindings[0].schedule: an NCRONTAB schedule of six fields", "function.bindings[0].useMonitor: true or false")]
    [InlineData("""{"bindings":[{"type":"httpTrigger","direction":"in","name":"req","authLevel":"anonymous","methods":["GET"],"route":"/api"}]}""", "function.bindings[0].methods[0]: one of get, head, post, put, patch, delete, options, trace", "function.bindings[0].route: a route without a slash at its ends")]
    [InlineData("""{"bindings":[{"type":"httpTrigger","direction":"in","name":"req","authLevel":"anonymous","methods":["get"],"route":"api"}]}""", "function.bindings: an httpTrigger and an http output go together")]
    [InlineData("""{"bindings":[{"type":"eventGridTrigger","direction":"in","name":"event"},{"type":"eventGridTrigger","direction":"in","name":"event"}]}""", "function.bindings: exactly one trigger", "function.bindings: each name once")]
    public void FunctionFile_ThatIsWrong_IsFound(string json, params string[] problems) => Assert.Equal(problems, FunctionFileRules.Check(json));

    [Theory]
    [InlineData("\"batchSize\": 16", "\"batchSize\": 33", "host.extensions.queues.batchSize: a whole number from 1 to 32")]
    [InlineData("\"messageEncoding\": \"", "\"messageEncoding\": \"utf8-", "host.extensions.queues.messageEncoding: one of base64, none")]
    [InlineData("\"enableForwardingHttpRequest\"", "\"enableForwardingHttpRequests\"", "host.customHandler.enableForwardingHttpRequests: unknown")]
    [InlineData("\"functionTimeout\": \"00:10:00\"", "\"functionTimeout\": \"10 minutes\"", "host.functionTimeout: a time above zero, hh:mm:ss")]
    [InlineData("\"version\": \"2.0\"", "\"version\": \"4.0\"", "host.version: one of 2.0")]
    [InlineData("[4.*, 5.0.0)", "4", "host.extensionBundle.version: a range of versions, e.g. [4.*, 5.0.0)")]
    [InlineData("Request;Trace;Exception", "Requests", "host.logging.applicationInsights.samplingSettings.excludedTypes: types of telemetry with ';' between them")]
    [InlineData("\"default\": \"Information\"", "\"default\": \"Info\"", "host.logging.logLevel.default: one of Trace, Debug, Information, Warning, Error, Critical, None")]
    public void HostFile_ThatIsWrong_IsFound(string right, string wrong, string problem)
    {
        var ours = File.ReadAllText(Path.Combine(Root, "host.json"));
        Assert.Contains(right, ours, StringComparison.Ordinal);

        Assert.Equal([problem], HostFileRules.Check(ours.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("0 */5 * * * *", true)]
    [InlineData("*/10 * * * * *", true)]
    [InlineData("0 0 9-17 * * mon-fri", true)]
    [InlineData("0 0 0 1 jan,jul *", true)]
    [InlineData("30 5/15 * * * *", true)]
    [InlineData("*/5 * * * *", false)]
    [InlineData("60 * * * * *", false)]
    [InlineData("0 0 24 * * *", false)]
    [InlineData("0 0 0 0 * *", false)]
    [InlineData("0 0 0 1 13 *", false)]
    [InlineData("0 0 0 * * 7", false)]
    [InlineData("0 */0 * * * *", false)]
    [InlineData("0 30-10 * * * *", false)]
    [InlineData("0  * * * * *", false)]
    [InlineData("00:05:00", false)]
    public void Schedule_IsSixFieldsInTheirRanges(string schedule, bool valid) => Assert.Equal(valid, NCronTab.IsValid(schedule));

    [Theory]
    [InlineData("{area:regex(^(api|openapi|healthz|metrics)$)}/{*rest}", true)]
    [InlineData("webhooks/kubernetes/{kind}", true)]
    [InlineData("v1/jobs/{id:int?}", true)]
    [InlineData("/console", false)]
    [InlineData("console/", false)]
    [InlineData("{*rest}/x", false)]
    [InlineData("{id?}/x", false)]
    [InlineData("{id}/{ID}", false)]
    [InlineData("jobs/{id", false)]
    [InlineData("jobs//x", false)]
    [InlineData("jobs/a b", false)]
    public void Route_IsSegmentsAndParameters(string route, bool valid) => Assert.Equal(valid, RouteSyntax.IsValid(route));
}
