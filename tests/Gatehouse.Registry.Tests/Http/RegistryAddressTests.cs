using Gatehouse.Registry.Http;
using Xunit;

namespace Gatehouse.Registry.Tests.Http;

public sealed class RegistryAddressTests
{
    [Theory]
    [InlineData("docker.io", "docker.io", "https://registry-1.docker.io/")]
    [InlineData("registry-1.docker.io", "docker.io", "https://registry-1.docker.io/")]
    [InlineData("GHCR.io", "ghcr.io", "https://ghcr.io/")]
    [InlineData("registry.example.com:5000", "registry.example.com:5000", "https://registry.example.com:5000/")]
    [InlineData("localhost:5000", "localhost:5000", "http://localhost:5000/")]
    [InlineData("127.0.0.1", "127.0.0.1", "http://127.0.0.1/")]
    [InlineData("[::1]:5000", "[::1]:5000", "http://[::1]:5000/")]
    [InlineData("10.0.0.5:5000", "10.0.0.5:5000", "https://10.0.0.5:5000/")]
    public void TryParse_Host_ChoosesSchemeAndApiHost(string host, string name, string uri)
    {
        Assert.True(RegistryAddress.TryParse(host, out var address));
        Assert.Equal(name, address.Host);
        Assert.Equal(uri, address.BaseUri.AbsoluteUri);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("http://ghcr.io")]
    [InlineData("ghcr.io/path")]
    [InlineData("user@ghcr.io")]
    [InlineData("ghcr.io:99999")]
    [InlineData("ghcr.io?x")]
    [InlineData("0x7f.1")]
    [InlineData("127.1")]
    [InlineData("a b")]
    public void TryParse_NoHost_IsRefused(string? host) => Assert.False(RegistryAddress.TryParse(host, out _));
}
