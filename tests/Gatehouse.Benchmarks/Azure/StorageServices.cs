using Gatehouse.Azure.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Benchmarks.Azure;

/// <summary>The storage adapters as the Function app registers them, over an account on loopback.</summary>
internal static class StorageServices
{
    /// <summary>An account of which all services are one server.</summary>
    public static string AccountAt(Uri server) => $"AccountName=acct;AccountKey=a2V5;TableEndpoint={server};QueueEndpoint={server}";

    public static ServiceProvider Connect(string connectionString)
    {
        var settings = new Dictionary<string, string?> { [$"{AzureStorageOptions.Section}:{nameof(AzureStorageOptions.ConnectionString)}"] = connectionString };
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging()
            .AddAzureStorage()
            .BuildServiceProvider();
    }
}
