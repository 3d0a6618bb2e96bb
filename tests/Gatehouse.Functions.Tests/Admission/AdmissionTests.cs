using Gatehouse.Core.Images;
using Gatehouse.Core.Records;
using Gatehouse.Functions.Tests.Support;
using Moq;

namespace Gatehouse.Functions.Tests.Admission;

public sealed class AdmissionTests : IAsyncLifetime
{
    private static readonly string Known = $"hub.azurecr.io/docker.io/library/alpine@{Samples.Digest}";
    private static readonly string Unknown = "hub.azurecr.io/x@sha256:" + new string('0', 64);

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync();
        _host.Images.Setup(images => images.FindAsync(It.IsAny<Digest>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((Digest digest, CancellationToken _) => digest == Samples.Digest ? [Samples.Released()] : []);
        _host.Images.Setup(images => images.IsKnownAsync(It.IsAny<string>(), It.IsAny<Digest>(), It.IsAny<CancellationToken>())).ReturnsAsync(false);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Pod_OfReleasedDigests_IsAllowed()
    {
        var answer = await ReviewAsync(Pod(Known));

        Assert.Equal("admission.k8s.io/v1", answer.Json["apiVersion"]!.GetValue<string>());
        Assert.Equal("u-1", answer.Json["response"]!["uid"]!.GetValue<string>());
        Assert.True(answer.Json["response"]!["allowed"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Pod_OfATag_IsDenied() => AssertDenied(await ReviewAsync(Pod("hub.azurecr.io/docker.io/library/alpine:3.20")), "names a tag");

    [Fact]
    public async Task Pod_OfAnUnknownDigest_IsDenied() => AssertDenied(await ReviewAsync(Pod(Unknown)), "was never released");

    [Theory]
    [InlineData("""{"spec":{"containers":[{"image":"KNOWN"}],"initContainers":[{"image":"UNKNOWN"}]}}""")]
    [InlineData("""{"spec":{"containers":[{"image":"KNOWN"}],"ephemeralContainers":[{"image":"UNKNOWN"}]}}""")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"image":"UNKNOWN"}]}}}}""")]
    [InlineData("""{"spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[{"image":"UNKNOWN"}]}}}}}}""")]
    [InlineData("""{"spec":{"containers":[{"image":"KNOWN"},{}]}}""")]
    [InlineData("""{"spec":{"containers":[{"image":7}]}}""")]
    [InlineData("""{"kind":"ConfigMap"}""")]
    [InlineData("""null""")]
    public async Task Object_WithOneImageNobodyReleasedOrNoneFound_IsDenied(string manifest) =>
        AssertDenied(await ReviewAsync(manifest.Replace("UNKNOWN", Unknown, StringComparison.Ordinal).Replace("KNOWN", Known, StringComparison.Ordinal)), string.Empty);

    public static TheoryData<Exception> Faults => [new IOException("disk"), new RecordStoreException("the store is busy"), new InvalidDataException("a damaged file")];

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public async Task Pod_WhenRecordsCannotBeRead_IsDeniedAsUnknown(Exception fault)
    {
        _host.Images.Setup(images => images.FindAsync(It.IsAny<Digest>(), It.IsAny<CancellationToken>())).ThrowsAsync(fault);

        AssertDenied(await ReviewAsync(Pod(Known)), "is unknown");
    }

    [Fact]
    public async Task ImageReview_KnownAndUnknown_AreToldApart()
    {
        var allowed = await SendAsync("image-review", $$$"""{"spec":{"containers":[{"image":"{{{Known}}}"}]}}""");
        var denied = await SendAsync("image-review", $$$"""{"spec":{"containers":[{"image":"{{{Unknown}}}"}]}}""");

        Assert.True(allowed.Json["status"]!["allowed"]!.GetValue<bool>());
        Assert.False(denied.Json["status"]!["allowed"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nothing")]
    public async Task Review_Malformed_Is400(string body) => Assert.Equal(400, (await SendAsync("admission", body)).Status);

    [Theory]
    [InlineData("Agent", "", 200)]
    [InlineData("Reader", "", 401)]
    [InlineData(null, "?code=wrong", 401)]
    [InlineData(null, "?code=" + ApiHost.HookSecret, 200)]
    public async Task Review_ByCaller_NeedsAgentOrSecret(string? role, string query, int status) =>
        Assert.Equal(status, (await _host.SendAsync("POST", "/webhooks/kubernetes/admission" + query, role, Body(Pod(Known)))).Status);

    private static string Pod(string image) => $$$"""{"spec":{"containers":[{"name":"c","image":"{{{image}}}"}]}}""";

    private static string Body(string manifest) => $$$"""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u-1","object":{{{manifest}}} } }""";

    private static void AssertDenied(Answer answer, string reason)
    {
        Assert.False(answer.Json["response"]!["allowed"]!.GetValue<bool>());
        Assert.Contains(reason, answer.Json["response"]!["status"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private Task<Answer> ReviewAsync(string manifest) => SendAsync("admission", Body(manifest));

    private Task<Answer> SendAsync(string kind, string body) => _host.SendAsync("POST", "/webhooks/kubernetes/" + kind, "Agent", body);
}
