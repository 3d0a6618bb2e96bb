using Gatehouse.Azure.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Azure.Tests.Storage;

/// <summary>The adapters as a program registers them, with waits too short to notice.</summary>
internal static class StorageRig
{
    public static ServiceProvider Connect(string connectionString, int retries = 3)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Gatehouse:Azure:MaxRetries"] = $"{retries}",
                ["Gatehouse:Azure:RetryDelay"] = "00:00:00.001",
                ["Gatehouse:Azure:MaxRetryDelay"] = "00:00:00.002",
                ["Gatehouse:Azure:Storage:ConnectionString"] = connectionString,
            })
            .Build());
        services.AddLogging();
        services.AddAzureStorage();
        return services.BuildServiceProvider(validateScopes: true);
    }

    /// <summary>An account of which both services are one scripted server.</summary>
    public static ServiceProvider Connect(Uri server, int retries = 3) =>
        Connect($"AccountName=acct;AccountKey=a2V5;TableEndpoint={server};QueueEndpoint={server}", retries);
}
