using Gatehouse.Azure.Storage;

namespace Gatehouse.Azure.Tests.Storage;

public sealed class AzureStorageOptionsValidatorTests
{
    private const string PublicScope = "https://storage.azure.com/.default";

    private const string Https = "https://account.table.core.windows.net";

    [Theory]
    [InlineData(Https, Https, null)]
    [InlineData(null, null, "UseDevelopmentStorage=true")]
    [InlineData(null, null, "AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://localhost:2/a")]
    public void Validate_OneWayToAnAccount_Passes(string? table, string? queue, string? connection) =>
        Assert.True(Validate(table, queue, connection).Succeeded);

    [Theory]
    [InlineData(null, Https, null, "TableEndpoint is ''")]
    [InlineData(Https, "http://account.queue.core.windows.net", null, "QueueEndpoint is 'http://account")]
    [InlineData(Https, null, "UseDevelopmentStorage=true", "either the connection string or both endpoints")]
    [InlineData(null, null, "AccountName=a;AccountKey=a2V5;TableEndpoint=https://a.table.core.windows.net;QueueEndpoint=https://a.queue.core.windows.net", "on loopback")]
    [InlineData(null, null, "AccountName=a;AccountKey=!;TableEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:2/a", "AccountKey (base64)")]
    public void Validate_Otherwise_SaysWhatIsAllowed(string? table, string? queue, string? connection, string expected)
    {
        var result = Validate(table, queue, connection);

        Assert.Contains(expected, Assert.Single(result.Failures!), StringComparison.Ordinal);
        Assert.DoesNotContain("a2V5", result.FailureMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PublicScope, "", null)]
    [InlineData("https://storage.azure.cn/.default", "local0123456789abcdef", null)]
    [InlineData("https://storage.azure.com", "", "Gatehouse:Azure:Storage:Scope is 'https://storage.azure.com'; allowed: an Entra scope that ends in '/.default'.")]
    [InlineData(PublicScope, "Two-Parts", "Gatehouse:Azure:Storage:Namespace is 'Two-Parts'; allowed: nothing, or 3 to 24 lower-case letters and digits, a letter first.")]
    [InlineData(PublicScope, "1st", "Gatehouse:Azure:Storage:Namespace is '1st'; allowed: nothing, or 3 to 24 lower-case letters and digits, a letter first.")]
    [InlineData(PublicScope, "abcdefghijklmnopqrstuvwxy", "Gatehouse:Azure:Storage:Namespace is 'abcdefghijklmnopqrstuvwxy'; allowed: nothing, or 3 to 24 lower-case letters and digits, a letter first.")]
    public void Validate_ScopeAndNamespace_AreWhatTheServiceTakes(string scope, string @namespace, string? problem)
    {
        var options = new AzureStorageOptions { ConnectionString = "UseDevelopmentStorage=true", Scope = scope, Namespace = @namespace };

        Assert.Equal(problem, new AzureStorageOptionsValidator().Validate(null, options).FailureMessage);
    }

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(string? table, string? queue, string? connection) =>
        new AzureStorageOptionsValidator().Validate(null, new AzureStorageOptions { TableEndpoint = table, QueueEndpoint = queue, ConnectionString = connection, Scope = PublicScope });
}
