using Gatehouse.Registry.Auth;
using Gatehouse.Registry.Http;
using Gatehouse.Registry.Options;
using Xunit;

namespace Gatehouse.Registry.Tests.Auth;

public sealed class RealmRulesTests
{
    [Theory]
    [InlineData("ghcr.io", "https://ghcr.io/token", "Trusted")]
    [InlineData("ghcr.io", "https://ghcr.io:8443/token", "Refused")]
    [InlineData("reg.example.com:5000", "https://reg.example.com:5000/token", "Trusted")]
    [InlineData("reg.example.com:5000", "https://reg.example.com/token", "Refused")]
    [InlineData("docker.io", "https://auth.docker.io/token", "Trusted")]
    [InlineData("docker.io", "https://auth.docker.io/elsewhere", "Refused")]
    [InlineData("docker.io", "https://auth.docker.io.evil.example/token", "Refused")]
    [InlineData("ghcr.io", "https://auth.docker.io/token", "Refused")]
    [InlineData("ghcr.io", "http://ghcr.io/token", "Refused")]
    [InlineData("ghcr.io", "https://user@ghcr.io/token", "Refused")]
    [InlineData("reg.example.com", "https://login.example.com/token/", "Trusted")]
    [InlineData("reg.example.com", "https://login.example.com:8443/token", "Refused")]
    [InlineData("reg.example.com", "https://evil.example/token", "Refused")]
    [InlineData("127.0.0.1:5000", "http://127.0.0.1:5001/token", "Trusted")]
    public void Judge_WithCredentials_TrustsOnlyNamedRealms(string host, string realm, string expected) =>
        Assert.Equal(expected, Judge(host, realm, new UpstreamOptions { Username = "u", Password = "p", AllowedRealms = { "https://login.example.com/token" } }));

    [Theory]
    [InlineData("ghcr.io", "https://tokens.example.com/token", "AnonymousOnly")]
    [InlineData("ghcr.io", "http://tokens.example.com/token", "Refused")]
    [InlineData("ghcr.io", "https://localhost/token", "Refused")]
    [InlineData("ghcr.io", "http://127.0.0.1/token", "Refused")]
    public void Judge_WithoutCredentials_AllowsAnonymousTokensOverHttps(string host, string realm, string expected) =>
        Assert.Equal(expected, Judge(host, realm, null));

    private static string Judge(string host, string realm, UpstreamOptions? upstream)
    {
        Assert.True(RegistryAddress.TryParse(host, out var address));
        return RealmRules.Judge(address, new Uri(realm), upstream).ToString();
    }
}
