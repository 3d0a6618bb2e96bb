using Gatehouse.Architecture.Tests.Configuration;
using Gatehouse.Functions.Composition;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary>The deployment and the options classes agree: nothing is set that nothing reads, and nothing required is left out.</summary>
public sealed class AppSettingsTests
{
    /// <summary>What Azure would fill in. A key that the Bicep sets anew gets a line here.</summary>
    private static readonly Dictionary<string, string?> Plausible = new()
    {
        ["Gatehouse:Environment"] = "Azure",
        ["Gatehouse:Auth:Issuer"] = "https://login.microsoftonline.com/33333333-3333-3333-3333-333333333333/v2.0",
        ["Gatehouse:Auth:Audience"] = "11111111-1111-1111-1111-111111111111",
        ["Gatehouse:Auth:TenantId"] = "33333333-3333-3333-3333-333333333333",
        ["Gatehouse:Azure:Cloud"] = "AzurePublicCloud",
        ["Gatehouse:Azure:ManagedIdentityClientId"] = "44444444-4444-4444-4444-444444444444",
        ["Gatehouse:Azure:Storage:TableEndpoint"] = "https://stofsvwn2atntec.table.core.windows.net/",
        ["Gatehouse:Azure:Storage:QueueEndpoint"] = "https://stofsvwn2atntec.queue.core.windows.net/",
        ["Gatehouse:Azure:KeyVault:KeyId"] = "https://kv-ofsvwn2atntec.vault.azure.net/keys/ledger",
        ["Gatehouse:Azure:Checkpoints:ContainerUri"] = "https://stproofofsvwn2atntec.blob.core.windows.net/checkpoints",
        ["Gatehouse:Azure:EventGrid:TopicEndpoint"] = "https://evgt-gatehouse-prod.westeurope-1.eventgrid.azure.net/api/events",
        ["Gatehouse:Estate:Document"] = Snapshot.Of("prod").EstateDocument(),
        ["Gatehouse:Ledger:Origin"] = "ledger.contoso.example/gatehouse",
        ["Gatehouse:Ledger:Signer"] = "KeyVault",
        ["Gatehouse:Storage:Kind"] = "AzureTables",
    };

    /// <summary>A key, and what is said when it is not set. The rest have a default, or switch something on.</summary>
    public static TheoryData<string, string> Required => new()
    {
        { "Gatehouse:Auth:Issuer", "Gatehouse:Auth:Issuer" },
        { "Gatehouse:Auth:Audience", "Gatehouse:Auth:Audience" },
        { "Gatehouse:Auth:TenantId", "Gatehouse:Auth:TenantId" },
        { "Gatehouse:Azure:Storage:TableEndpoint", "Gatehouse:Azure:Storage:TableEndpoint" },
        { "Gatehouse:Azure:Storage:QueueEndpoint", "Gatehouse:Azure:Storage:QueueEndpoint" },
        { "Gatehouse:Azure:KeyVault:KeyId", "Gatehouse:Azure:KeyVault:KeyId" },
        { "Gatehouse:Storage:Kind", "Gatehouse:Storage:Directory" },
    };

    [Fact]
    public void Settings_EveryKey_IsReadByAnOptionsClass() => Assert.Empty(
        AppSettings.Keys.Except(ConfigurationKeys.All.Select(key => key.Name)));

    [Fact]
    public void Settings_EveryKey_HasAPlausibleValueHere() => Assert.Equal(
        AppSettings.Keys.Order(StringComparer.Ordinal), Plausible.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Settings_OfTheBicep_AreAllThatStartingNeeds() => Assert.Empty(Problems(AppSettings.Keys));

    [Theory]
    [MemberData(nameof(Required))]
    public void Settings_WithoutARequiredKey_AreRefusedAndItIsNamed(string key, string named)
    {
        Assert.Contains(key, AppSettings.Keys);

        Assert.Contains(Problems(AppSettings.Keys.Except([key])), problem => problem.Contains(named, StringComparison.Ordinal));
    }

    /// <summary>One identity, by client id: without it the host asks for a system-assigned one, which there is not.</summary>
    [Fact]
    public void Settings_OfTheHost_UseTheIdentityForStorageAndTelemetry() => Assert.Equal(
        [
            "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
            "APPLICATIONINSIGHTS_CONNECTION_STRING",
            "AzureWebJobsStorage__blobServiceUri",
            "AzureWebJobsStorage__clientId",
            "AzureWebJobsStorage__credential",
            "AzureWebJobsStorage__queueServiceUri",
            "AzureWebJobsStorage__tableServiceUri",
        ],
        AppSettings.OfHost.Order(StringComparer.Ordinal));

    /// <summary>A secret in an application setting is read by whoever may read the app.</summary>
    [Fact]
    public void Settings_NoKey_IsASecret() => Assert.DoesNotContain(ConfigurationKeys.All, key => key.Secret && AppSettings.Keys.Contains(key.Name));

    private static IReadOnlyList<string> Problems(IEnumerable<string> keys)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(keys.Select(key => KeyValuePair.Create(key, Plausible.GetValueOrDefault(key)))).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration).AddLogging();
        services.AddGatehouse(configuration);
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return [.. exception.Failures];
        }
        catch (AggregateException exception)
        {
            return [.. exception.InnerExceptions.Cast<OptionsValidationException>().SelectMany(one => one.Failures)];
        }
    }
}
