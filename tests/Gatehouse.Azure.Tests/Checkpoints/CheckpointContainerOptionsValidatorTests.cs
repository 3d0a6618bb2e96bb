using Gatehouse.Azure.Checkpoints;

namespace Gatehouse.Azure.Tests.Checkpoints;

public sealed class CheckpointContainerOptionsValidatorTests
{
    private const string Loopback = "AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/a";

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("https://account.blob.core.windows.net/checkpoints", null, null)]
    [InlineData("https://account.blob.core.chinacloudapi.cn/check-points/", null, null)]
    [InlineData(null, "UseDevelopmentStorage=true", "checkpoints")]
    [InlineData(null, Loopback, "checkpoints")]
    public void Validate_OnePlaceOrNone_Passes(string? uri, string? connection, string? container) =>
        Assert.True(Validate(uri, connection, container).Succeeded);

    [Theory]
    [InlineData("http://account.blob.core.windows.net/checkpoints", null, null, "ContainerUri is not usable")]
    [InlineData("https://account.blob.core.windows.net/", null, null, "ContainerUri is not usable")]
    [InlineData("https://account.blob.core.windows.net/checkpoints/gatehouse", null, null, "ContainerUri is not usable")]
    [InlineData("https://account.blob.core.windows.net/checkpoints?sig=a2V5", null, null, "without query")]
    [InlineData("https://account.blob.core.windows.net/checkpoints", Loopback, "checkpoints", "one of them")]
    [InlineData(null, Loopback, null, "Container is ''")]
    [InlineData(null, Loopback, "Check--Points", "Container is 'Check--Points'")]
    [InlineData(null, null, "checkpoints", "allowed: both, or ContainerUri alone")]
    [InlineData(null, "AccountName=a;AccountKey=a2V5;BlobEndpoint=https://a.blob.core.windows.net", "checkpoints", "on loopback")]
    [InlineData(null, "AccountName=a;AccountKey=!;BlobEndpoint=http://127.0.0.1:1/a", "checkpoints", "AccountKey (base64)")]
    public void Validate_Otherwise_SaysWhatIsAllowed(string? uri, string? connection, string? container, string expected)
    {
        var result = Validate(uri, connection, container);

        Assert.Contains(expected, Assert.Single(result.Failures!), StringComparison.Ordinal);
        Assert.DoesNotContain("a2V5", result.FailureMessage, StringComparison.Ordinal);
    }

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(string? uri, string? connection, string? container) =>
        new CheckpointContainerOptionsValidator().Validate(null, new CheckpointContainerOptions { ContainerUri = uri, ConnectionString = connection, Container = container, Scope = "https://storage.azure.com/.default" });
}
