using System.Net.Http.Headers;
using System.Text;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Events;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Rescans;
using Gatehouse.Core.Results;
using Gatehouse.Core.Watches;
using Gatehouse.Functions.Tests.Support;
using Gatehouse.TestKit.Host;
using Moq;

namespace Gatehouse.Functions.Tests.Triggers;

public sealed class InvocationTests : IAsyncLifetime
{
    private const string WorkItem = """{"intake":"01j0intake","turn":3}""";

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync();
        _host.Workflow.Setup(workflow => workflow.AdvanceAsync(It.IsAny<WorkItem>(), It.IsAny<CancellationToken>())).Returns(Task.CompletedTask);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Queue_DoublyEncodedMessage_AdvancesTheIntake()
    {
        var answer = await InvokeAsync("AdvanceIntake", InvocationBodies.Queue("AdvanceIntake", WorkItem));

        AssertSuccess(answer);
        _host.Workflow.Verify(workflow => workflow.AdvanceAsync(new WorkItem("01j0intake", 3), It.IsAny<CancellationToken>()), Times.Once);
    }

    [Theory]
    [InlineData("""{"Data":{"msg":{"intake":"01j0intake","turn":3}},"Metadata":{}}""")]
    [InlineData("""{"Data":{"msg":"{\"intake\":\"01j0intake\",\"turn\":3}"},"Metadata":{}}""")]
    [InlineData("""{"Data":{"msg":"\"{\\\"intake\\\":\\\"01j0intake\\\",\\\"turn\\\":3}\""},"Metadata":{}}""")]
    public async Task Queue_AnyLayersOfEncoding_AdvanceTheIntake(string body)
    {
        AssertSuccess(await InvokeAsync("AdvanceIntake", body));
        _host.Workflow.Verify(workflow => workflow.AdvanceAsync(new WorkItem("01j0intake", 3), It.IsAny<CancellationToken>()), Times.Once);
    }

    [Fact]
    public async Task Queue_MessageOfOurOwnQueue_IsBase64AndAdvancesTheIntake()
    {
        AssertSuccess(await InvokeAsync("AdvanceIntake", InvocationBodies.Queue("AdvanceIntake", InvocationBodies.Stored(WorkItem))));
        _host.Workflow.Verify(workflow => workflow.AdvanceAsync(new WorkItem("01j0intake", 3), It.IsAny<CancellationToken>()), Times.Once);
    }

    [Theory]
    [InlineData("cGxhaW4gdGV4dA==")]
    [InlineData("e30=")]
    [InlineData("/////w==")]
    [InlineData("plain text")]
    [InlineData("12")]
    [InlineData("[1,2]")]
    [InlineData("{}")]
    [InlineData("""{"intake":7}""")]
    [InlineData("")]
    public async Task Queue_NoWorkItem_FailsSoThatTheHostPoisonsIt(string text)
    {
        var answer = await InvokeAsync("AdvanceIntake", InvocationBodies.Queue("AdvanceIntake", text));

        Assert.Equal(400, answer.Status);
        Assert.Equal("work-item-malformed", answer.Code);
    }

    [Fact]
    public async Task Queue_FaultInTheWorkflow_FailsWithoutInternals()
    {
        _host.Workflow.Setup(workflow => workflow.AdvanceAsync(It.IsAny<WorkItem>(), It.IsAny<CancellationToken>())).ThrowsAsync(new InvalidOperationException("the secret detail"));

        var answer = await InvokeAsync("AdvanceIntake", InvocationBodies.Queue("AdvanceIntake", WorkItem));

        Assert.Equal(500, answer.Status);
        Assert.Equal("fault", answer.Code);
        Assert.DoesNotContain("secret detail", answer.Text, StringComparison.Ordinal);
        Assert.NotEmpty(answer.Json["traceId"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"Data":{}}""")]
    [InlineData("""{"Data":null,"Metadata":{}}""")]
    [InlineData("""{"Data":{},"Metadata":"x"}""")]
    [InlineData("""{"Data":{"timer":{}""")]
    public async Task Envelope_Malformed_IsRefused(string body)
    {
        var answer = await InvokeAsync("SealLedger", body);

        Assert.Equal(400, answer.Status);
        Assert.Equal("envelope-malformed", answer.Code);
    }

    [Fact]
    public async Task Envelope_TooLarge_IsRefused()
    {
        var answer = await InvokeAsync("SealLedger", InvocationBodies.Queue("SealLedger", new string('x', 5 * 1024 * 1024)));

        Assert.Equal(413, answer.Status);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("Host", "gatehouse.azurewebsites.net")]
    [InlineData("Cookie", "a=b")]
    public async Task Trigger_ForwardedRequest_IsRefused(string header, string value)
    {
        var answer = await InvokeAsync("SealLedger", InvocationBodies.Timer("SealLedger"), (header, value));

        Assert.Equal(403, answer.Status);
        Assert.Equal("trigger-closed", answer.Code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not an id!")]
    public async Task Trigger_WithoutInvocationId_IsRefused(string? id)
    {
        using var request = Request("SealLedger", InvocationBodies.Timer("SealLedger"), id);

        Assert.Equal("envelope-malformed", (await _host.SendAsync(request)).Code);
    }

    [Fact]
    public async Task Timers_EachCallsItsService()
    {
        _host.Sealer.Setup(sealer => sealer.SealAsync(It.IsAny<CancellationToken>())).ReturnsAsync(7);
        _host.Workflow.Setup(workflow => workflow.ReconcileAsync(It.IsAny<CancellationToken>())).ReturnsAsync(2);
        _host.Watches.Setup(watches => watches.SweepAsync(It.IsAny<CancellationToken>())).ReturnsAsync(new SweepReport(3, 4, 1, 0, 1));
        _host.Estate.Setup(estate => estate.ProbeAsync(It.IsAny<CancellationToken>())).ReturnsAsync(new ProbeReport(4, 3, 0, 1, 0, 2));
        _host.Rescans.Setup(rescans => rescans.RunAsync(It.IsAny<CancellationToken>())).ReturnsAsync(new RescanReport(9, 2, 3, 1));

        Assert.Equal("9 released images: 2 asked about, 3 judged, 1 would be refused today.", Log(await InvokeAsync("RescanReleased", InvocationBodies.Timer("RescanReleased"))));
        _host.Publisher.Setup(publisher => publisher.PublishAsync(It.IsAny<CancellationToken>())).ReturnsAsync(new PublishReport(true, 5, 1, 2));

        Assert.Equal("5 events published, 1 refused; 2 ledger entries behind.", Log(await InvokeAsync("PublishEvents", InvocationBodies.Timer("PublishEvents"))));
        Assert.Equal("7 events sealed.", Log(await InvokeAsync("SealLedger", InvocationBodies.Timer("SealLedger"))));
        Assert.Equal("2 overdue intakes queued.", Log(await InvokeAsync("Reconcile", InvocationBodies.PastDueTimer("Reconcile"))));
        Assert.Equal("3 watches: 4 tags asked for, 1 moved, 0 failed, 1 intakes.", Log(await InvokeAsync("WatchUpstream", InvocationBodies.Timer("WatchUpstream"))));
        Assert.Equal("4 replicas: 3 healthy, 0 degraded, 1 unavailable, 0 unknown; 2 manifests drifted.", Log(await InvokeAsync("ProbeReplicas", InvocationBodies.Timer("ProbeReplicas"))));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    public async Task RegistryEvent_InAnySchemaAndShape_IsObservedOnce(bool cloud, bool asText, bool asArray)
    {
        _host.Estate.Setup(estate => estate.OnPushedAsync("e-1", "reg.azurecr.io", "samples/nginx", "latest", Samples.Digest, "westus", It.IsAny<CancellationToken>())).Returns(Task.CompletedTask);
        var data = $$$"""{"id":"e-1","action":"push","location":"westus","target":{"digest":"{{{Samples.Digest}}}","repository":"samples/nginx","tag":"latest"},"request":{"host":"REG.azurecr.io"}}""";
        var json = cloud
            ? $$$"""{"id":"e-1","source":"/subscriptions/s/registries/reg","subject":"samples/nginx:latest","type":"Microsoft.ContainerRegistry.ImagePushed","specversion":"1.0","data":{{{data}}} }"""
            : $$$"""{"id":"e-1","topic":"/subscriptions/s/registries/reg","subject":"samples/nginx:latest","eventType":"Microsoft.ContainerRegistry.ImagePushed","data":{{{data}}} }""";

        AssertSuccess(await InvokeAsync("OnRegistryEvent", InvocationBodies.EventGrid("OnRegistryEvent", asArray ? $"[{json}]" : json, asText)));
        _host.Estate.Verify(estate => estate.OnPushedAsync("e-1", "reg.azurecr.io", "samples/nginx", "latest", Samples.Digest, "westus", It.IsAny<CancellationToken>()), Times.Once);
    }

    [Theory]
    [InlineData("OnRegistryEvent")]
    [InlineData("OnUpstreamUpdated")]
    [InlineData("OnQueuedEvent")]
    public async Task Event_InvocationWithoutTheBinding_IsRefused(string function)
    {
        var answer = await InvokeAsync(function, InvocationBodies.Timer(function));

        Assert.Equal((400, "envelope-malformed"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task UpstreamEvent_OfACustomTopic_ReachesTheWatches()
    {
        var image = ImageReference.Parse("docker.io/library/alpine:3.20").Value;
        _host.Watches.Setup(watches => watches.OnUpstreamPushedAsync("u-1", image, It.IsAny<CancellationToken>())).ReturnsAsync(1);

        var answer = await InvokeAsync("OnUpstreamUpdated", InvocationBodies.EventGrid("OnUpstreamUpdated", """{"id":"u-1","eventType":"Gatehouse.Upstream.TagPushed","data":{"image":"alpine:3.20"}}""", asText: true));

        Assert.Equal("0 pushes observed, 1 upstream updates, 1 intakes; 0 events ignored, 0 kept as unreadable.", Log(answer));
    }

    private static void AssertSuccess(Answer answer)
    {
        var outcome = InvocationOutcome.Judge(answer.Status, answer.MediaType, answer.Text);

        Assert.Equal(InvocationVerdict.Succeeded, outcome.Verdict);
        Assert.True(answer.Json.AsObject().ContainsKey("ReturnValue"));
        Assert.Empty(answer.Json["Outputs"]!.AsObject());
    }

    private static string Log(Answer answer)
    {
        AssertSuccess(answer);
        return Assert.Single(answer.Json["Logs"]!.AsArray())!.GetValue<string>();
    }

    [Fact]
    public async Task Timer_KeyThatCannotSign_FailsWithTheReason()
    {
        var denied = new SigningException(new Error(ErrorKind.Unavailable, "key-vault-forbidden", "Our identity needs a role."));
        _host.Sealer.Setup(sealer => sealer.SealAsync(It.IsAny<CancellationToken>())).ThrowsAsync(denied);

        var answer = await InvokeAsync("SealLedger", InvocationBodies.Timer("SealLedger"));

        Assert.Equal((503, "key-vault-forbidden", "Our identity needs a role."), (answer.Status, answer.Code, answer.Json["detail"]!.GetValue<string>()));
    }

    private Task<Answer> InvokeAsync(string function, string body, params (string Name, string Value)[] headers)
    {
        var request = Request(function, body, "7a6e7e76-4e89-4e68-b660-066862a7ad18");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _host.SendAsync(request);
    }

    private HttpRequestMessage Request(string function, string body, string? id)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_host.Address, "/" + function)) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.TransferEncodingChunked = true;
        if (id is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Azure-Functions-InvocationId", id);
        }

        return request;
    }
}
