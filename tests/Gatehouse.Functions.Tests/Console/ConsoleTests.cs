using Gatehouse.Core.Estate;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Functions.Tests.Support;
using Moq;

namespace Gatehouse.Functions.Tests.Console;

public sealed class ConsoleTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync();
        _host.Estate.Setup(estate => estate.GetStatusAsync(It.IsAny<CancellationToken>())).ReturnsAsync(
            [new ReplicaStatus("hub", "westeurope", "hub.example", ReplicaHealth.Healthy, Samples.Now, null, "<script>alert(1)</script>", 0, null)]);
        _host.Desk.Setup(desk => desk.ListAsync(It.IsAny<IntakeFilter>(), It.IsAny<CancellationToken>())).ReturnsAsync(new IntakePage([Samples.Intake() with { Reason = "\"><img src=x>" }], null));
        _host.Ledger.Setup(ledger => ledger.GetCheckpointAsync(It.IsAny<CancellationToken>())).ReturnsAsync((Checkpoint?)null);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Page_WithHostileValues_EncodesThemUnderAStrictPolicy()
    {
        var answer = await _host.SendAsync("GET", "/console", "Reader");

        Assert.Equal("text/html", answer.MediaType);
        Assert.Contains("docker.io/library/alpine:3.20", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", answer.Text, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'", answer.Headers["Content-Security-Policy"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_ForStrangers_LeadsToSignIn()
    {
        var answer = await _host.SendAsync("GET", "/console", role: null);

        Assert.Equal(302, answer.Status);
        Assert.Equal("/console/sign-in", answer.Headers["Location"]);
    }

    [Fact]
    public async Task SignIn_WithAGoodToken_GivesACookieThatOpensThePage()
    {
        var signedIn = await SignInAsync(_host.Token("Reader"));
        var cookie = signedIn.Headers["Set-Cookie"];

        Assert.Equal(302, signedIn.Status);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/console", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(200, (await _host.SendAsync("GET", "/console", role: null, headers: ("Cookie", cookie.Split(';')[0]))).Status);
    }

    [Fact]
    public async Task SignIn_WithABadToken_SetsNoCookie()
    {
        var answer = await SignInAsync("nonsense");

        Assert.Equal(401, answer.Status);
        Assert.False(answer.Headers.ContainsKey("Set-Cookie"));
    }

    [Fact]
    public async Task SignIn_FromAnotherSite_IsRefused() =>
        Assert.Equal(403, (await SignInAsync(_host.Token("Reader"), ("Sec-Fetch-Site", "cross-site"))).Status);

    private Task<Answer> SignInAsync(string token, params (string Name, string Value)[] headers) =>
        _host.SendAsync("POST", "/console/sign-in", role: null, "token=" + token, "application/x-www-form-urlencoded", headers);
}
