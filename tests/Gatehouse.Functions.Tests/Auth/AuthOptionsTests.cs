using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Tests.Auth;

public sealed class AuthOptionsTests
{
    [Fact]
    public void LocalIssuer_OnOnePersonsMachine_IsAllowed() => Assert.Empty(Local([]));

    [Theory]
    [InlineData("WEBSITE_SITE_NAME", "gatehouse")]
    [InlineData("WEBSITE_INSTANCE_ID", "0")]
    [InlineData("CONTAINER_APP_NAME", "gatehouse")]
    [InlineData("KUBERNETES_SERVICE_HOST", "10.0.0.1")]
    [InlineData("IDENTITY_ENDPOINT", "http://169.254.169.254/msi/token")]
    [InlineData("IDENTITY_ENDPOINT", "not a url")]
    public void LocalIssuer_WhereAnythingSaysCloud_IsRefused(string variable, string value)
    {
        var failures = Local(new() { [variable] = value });

        Assert.Contains(variable, Assert.Single(failures), StringComparison.Ordinal);
    }

    [Fact]
    public void LocalIssuer_IdentityEndpointOnLoopback_IsAllowed() =>
        Assert.Empty(Local(new() { ["IDENTITY_ENDPOINT"] = "http://127.0.0.1:8081/msi/token" }));

    [Fact]
    public void LocalIssuer_OutsideTheLocalEnvironment_IsRefused() =>
        Assert.Contains("Gatehouse:Environment=Local", Assert.Single(Local([], environment: "Azure")), StringComparison.Ordinal);

    [Fact]
    public void Issuer_NothingSaid_NamesEveryKey()
    {
        var failures = Validate(new AuthOptions { ClockSkew = TimeSpan.FromHours(1) }, [], "Azure");

        Assert.Equal(3, failures.Count);
        Assert.Contains(failures, failure => failure.StartsWith("Gatehouse:Auth:Issuer ", StringComparison.Ordinal));
        Assert.Contains(failures, failure => failure.StartsWith("Gatehouse:Auth:Audience ", StringComparison.Ordinal));
        Assert.Contains(failures, failure => failure.StartsWith("Gatehouse:Auth:ClockSkew ", StringComparison.Ordinal));
    }

    [Fact]
    public void Issuer_EntraWithoutTenant_IsRefused()
    {
        var options = new AuthOptions { Issuer = "https://login.microsoftonline.com/common/v2.0", Audience = "gatehouse" };

        Assert.Contains("TenantId", Assert.Single(Validate(options, [], "Azure")), StringComparison.Ordinal);
    }

    [Fact]
    public void MetadataUrl_PlainHttp_IsRefused()
    {
        var options = new AuthOptions { Issuer = "https://login.example", Audience = "gatehouse", MetadataUrl = "http://login.example/metadata" };

        Assert.Contains("MetadataUrl", Assert.Single(Validate(options, [], "Azure")), StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Local(Dictionary<string, string?> settings, string environment = "Local") =>
        Validate(new AuthOptions { LocalIssuer = { Enabled = true, KeyPath = "/tmp/key.pem" } }, settings, environment);

    private static IReadOnlyList<string> Validate(AuthOptions options, Dictionary<string, string?> settings, string environment)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var validator = new AuthOptionsValidator(configuration, Options.Create(new GatehouseOptions { Environment = environment }));
        return [.. validator.Validate(null, options).Failures ?? []];
    }
}
