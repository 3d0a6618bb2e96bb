using Gatehouse.Core.Images;
using Gatehouse.Functions.Tests.Support;
using Moq;

namespace Gatehouse.Functions.Tests.Hooks;

public sealed class HookTests : IAsyncLifetime
{
    private readonly List<(string Id, string Image)> _pushed = [];
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync(("Gatehouse:Hooks:Ghcr", ""));
        _host.Watches.Setup(watches => watches.OnUpstreamPushedAsync(It.IsAny<string>(), It.IsAny<ImageReference>(), It.IsAny<CancellationToken>()))
            .Callback((string id, ImageReference image, CancellationToken _) => _pushed.Add((id, image.ToString())))
            .ReturnsAsync(0);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("dockerhub", """{"push_data":{"tag":"1.27","pusher":"x"},"repository":{"repo_name":"library/nginx"}}""", "docker.io/library/nginx:1.27")]
    [InlineData("harbor", """{"type":"PUSH_ARTIFACT","event_data":{"resources":[{"tag":"v1","resource_url":"harbor.example/p/app:v1"}]}}""", "harbor.example/p/app:v1")]
    [InlineData("harbor", """{"specversion":"1.0","type":"harbor.artifact.pushed","data":{"resources":[{"tag":"v1","resource_url":"harbor.example/p/app:v1"}]}}""", "harbor.example/p/app:v1")]
    [InlineData("diun", """{"diun_version":"4.28.0","status":"update","image":"docker.io/library/redis:7"}""", "docker.io/library/redis:7")]
    [InlineData("quay", """{"docker_url":"quay.io/org/app","updated_tags":["v1","v2"]}""", "quay.io/org/app:v1 quay.io/org/app:v2")]
    [InlineData("quay", """{"docker_url":"quay.io/org/app","updated_tags":{"v1":"abc"}}""", "quay.io/org/app:v1")]
    [InlineData("harbor", """{"type":"DELETE_ARTIFACT","event_data":{"resources":[{"tag":"v1","resource_url":"harbor.example/p/app:v1"}]}}""", "")]
    [InlineData("diun", """{"status":"unchange","image":"redis:7"}""", "")]
    [InlineData("dockerhub", """{"push_data":"x"}""", "")]
    public async Task Hook_OfEachUpstream_BecomesReferences(string source, string body, string images)
    {
        var answer = await SendAsync(source, body);

        Assert.Equal(202, answer.Status);
        Assert.Equal(images, string.Join(' ', _pushed.Select(one => one.Image)));
    }

    [Fact]
    public async Task Hook_SentAgain_CarriesTheSameEventId()
    {
        const string Body = """{"push_data":{"tag":"1.27"},"repository":{"repo_name":"library/nginx"}}""";
        await SendAsync("dockerhub", Body);
        await SendAsync("dockerhub", Body);
        await SendAsync("dockerhub", Body + " ");

        Assert.Equal(_pushed[0].Id, _pushed[1].Id);
        Assert.NotEqual(_pushed[0].Id, _pushed[2].Id);
    }

    [Theory]
    [InlineData("dockerhub", "wrong", 401)]
    [InlineData("dockerhub", "", 401)]
    [InlineData("ghcr", ApiHost.HookSecret, 404)]
    [InlineData("kubernetes", ApiHost.HookSecret, 404)]
    [InlineData("unknown", ApiHost.HookSecret, 404)]
    public async Task Hook_WrongSecretOrClosed_IsRefused(string source, string secret, int status)
    {
        Assert.Equal(status, (await _host.SendAsync("POST", $"/hooks/{source}?code={secret}", role: null, "{}")).Status);
        Assert.Empty(_pushed);
    }

    [Theory]
    [InlineData("[]", 400)]
    [InlineData("{", 400)]
    [InlineData("""{"push_data":{"tag":"-bad"},"repository":{"repo_name":"library/nginx"}}""", 400)]
    public async Task Hook_BadBody_IsRefused(string body, int status) => Assert.Equal(status, (await SendAsync("dockerhub", body)).Status);

    private Task<Answer> SendAsync(string source, string body) =>
        _host.SendAsync("POST", "/hooks/" + source, role: null, body, headers: ("X-Gatehouse-Secret", ApiHost.HookSecret));
}
