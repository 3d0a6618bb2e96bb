using Gatehouse.Registry.Options;
using Xunit;

namespace Gatehouse.Registry.Tests.Options;

public sealed class RegistryOptionsValidatorTests
{
    private const string RegistryId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r";

    [Theory]
    [InlineData("index.docker.io", "docker.io", true)]
    [InlineData("docker.io", "registry-1.docker.io", true)]
    [InlineData("GHCR.io", "ghcr.io", true)]
    [InlineData("ghcr.io", "ghcr.io:5000", false)]
    public void FindUpstream_ByAnyOfItsNames_IsFound(string key, string host, bool expected) =>
        Assert.Equal(expected, new RegistryOptions { Upstreams = { [key] = new UpstreamOptions() } }.FindUpstream(host) is not null);

    [Fact]
    public void Validate_Defaults_AreValid() => Assert.True(new RegistryOptionsValidator().Validate(null, new RegistryOptions()).Succeeded);

    [Fact]
    public void Validate_FullUpstream_IsValid()
    {
        var options = new RegistryOptions();
        options.Upstreams["docker.io"] = new UpstreamOptions { Username = "u", Password = "p", AllowedRealms = { "https://login.example.com/token" }, PrivateHosts = { "*.corp.example" } };
        options.Upstreams["own.azurecr.io"] = new UpstreamOptions { ResourceId = RegistryId, Username = "u", Password = "p" };
        options.Upstreams["foreign.azurecr.io"] = new UpstreamOptions { ImportPassword = "p" };
        options.Upstreams["quay.io"] = new UpstreamOptions { Anonymous = true };
        Assert.True(new RegistryOptionsValidator().Validate(null, options).Succeeded);
    }

    public static TheoryData<string, Action<RegistryOptions>> Wrong => new()
    {
        { "Gatehouse:Registry:UserAgent is 'a\nb'", options => options.UserAgent = "a\nb" },
        { "Gatehouse:Registry:RequestTimeout is '00:00:00'; allowed: 00:00:01 to 00:10:00", options => options.RequestTimeout = TimeSpan.Zero },
        { "Gatehouse:Registry:MaxRetries is '11'; allowed: 0 to 10", options => options.MaxRetries = 11 },
        { "Gatehouse:Registry:MaxManifestBytes is '0'", options => options.MaxManifestBytes = 0 },
        { "Gatehouse:Registry:RetryBudgetRatio is '1.5'", options => options.RetryBudgetRatio = 1.5 },
        { "Gatehouse:Registry:Upstreams:http://x is", options => options.Upstreams["http://x"] = new UpstreamOptions() },
        { "only one of Username and Password", options => options.Upstreams["x.io"] = new UpstreamOptions { Username = "u" } },
        { "Upstreams:x.io:ResourceId is '/subscriptions/s'; allowed: the ARM id of a registry", options => options.Upstreams["x.io"] = new UpstreamOptions { ResourceId = "/subscriptions/s" } },
        { "ResourceId is '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r/importImage'", options => options.Upstreams["x.io"] = new UpstreamOptions { ResourceId = RegistryId + "/importImage" } },
        { "both ResourceId and ImportPassword", options => options.Upstreams["x.io"] = new UpstreamOptions { ResourceId = RegistryId, ImportPassword = "p" } },
        { "Anonymous is true beside an ImportPassword", options => options.Upstreams["x.io"] = new UpstreamOptions { Anonymous = true, ImportPassword = "p" } },
        { "Anonymous is true beside", options => options.Upstreams["x.io"] = new UpstreamOptions { Username = "u", Password = "p", Anonymous = true } },
        { "AllowedRealms is 'http://x/t'", options => options.Upstreams["x.io"] = new UpstreamOptions { AllowedRealms = { "http://x/t" } } },
        { "PrivateHosts is '*'", options => options.Upstreams["x.io"] = new UpstreamOptions { PrivateHosts = { "*" } } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_WrongValue_NamesKeyAndAllowedValues(string expected, Action<RegistryOptions> change)
    {
        var options = new RegistryOptions();
        change(options);
        var result = new RegistryOptionsValidator().Validate(null, options);
        Assert.Contains(expected, Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Fact]
    public void FindUpstream_HostWithPort_IsFoundByItsHostNotItsKey()
    {
        var options = new RegistryOptions();
        options.Upstreams["internal"] = new UpstreamOptions { Host = "registry.example.com:5000", Anonymous = true };
        options.Upstreams["Docker.io"] = new UpstreamOptions { Anonymous = true };
        Assert.True(new RegistryOptionsValidator().Validate(null, options).Succeeded);
        Assert.NotNull(options.FindUpstream("registry.example.com:5000"));
        Assert.NotNull(options.FindUpstream("docker.io"));
        Assert.Null(options.FindUpstream("internal"));
        Assert.Null(options.FindUpstream("registry.example.com"));
    }

    [Fact]
    public void Validate_SeveralWrong_ReportsAllAndNoPassword()
    {
        var options = new RegistryOptions { MaxPages = 0, MaxRedirects = -1 };
        options.Upstreams["x.io"] = new UpstreamOptions { Password = "hunter2" };
        var failures = new RegistryOptionsValidator().Validate(null, options).Failures!.ToList();
        Assert.Equal(3, failures.Count);
        Assert.DoesNotContain(failures, failure => failure.Contains("hunter2", StringComparison.Ordinal));
    }
}
