using Gatehouse.Azure.Imports;
using Gatehouse.Registry.Options;

namespace Gatehouse.Azure.Tests.Imports;

public class ConfiguredUpstreamCredentialsTests
{
    [Theory]
    [InlineData("docker.io", "hub")]
    [InlineData("Docker.IO", "hub")]
    [InlineData("127.0.0.1:5000", "local")]
    [InlineData("quay.io", null)]
    [InlineData("ghcr.io", null)]
    public void Find_Host_IsItsKeyOrItsHost(string registry, string? username)
    {
        var options = new RegistryOptions();
        options.Upstreams["docker.io"] = new UpstreamOptions { Username = "hub", Password = "x" };
        options.Upstreams["mirror"] = new UpstreamOptions { Host = "127.0.0.1:5000", Username = "local", Password = "x" };
        options.Upstreams["ghcr.io"] = new UpstreamOptions { Anonymous = true };

        Assert.Equal(username, new ConfiguredUpstreamCredentials(Microsoft.Extensions.Options.Options.Create(options)).Find(registry).Credential?.Username);
    }

    [Fact]
    public void Find_ImportPassword_IsTakenWithoutTheUsernameForReading()
    {
        var options = new RegistryOptions();
        options.Upstreams["other.azurecr.io"] = new UpstreamOptions { Username = "reader", Password = "x", ImportPassword = "entra" };

        Assert.Equal(new UpstreamAccess(null, new UpstreamCredential(null, "entra")), new ConfiguredUpstreamCredentials(Microsoft.Extensions.Options.Options.Create(options)).Find("other.azurecr.io"));
    }

    [Fact]
    public void Find_ResourceId_LeavesCredentialsOut()
    {
        var options = new RegistryOptions();
        options.Upstreams["ours.azurecr.io"] = new UpstreamOptions { ResourceId = ImportRig.ResourceId, Username = "reader", Password = "x" };

        Assert.Equal(new UpstreamAccess(ImportRig.ResourceId, null), new ConfiguredUpstreamCredentials(Microsoft.Extensions.Options.Options.Create(options)).Find("ours.azurecr.io"));
    }
}
