using Gatehouse.Azure.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Tests.Storage;

/// <summary>The adapters as a program registers them, with waits too short to notice.</summary>
internal static class StorageRig
{
    public static ServiceProvider Connect(string connectionString, int retries = 3, string @namespace = "") => Connect(new Dictionary<string, string?>
    {
        ["Gatehouse:Azure:MaxRetries"] = $"{retries}",
        ["Gatehouse:Azure:Storage:ConnectionString"] = connectionString,
        ["Gatehouse:Azure:Storage:Namespace"] = @namespace,
    });

    /// <summary>An account of which both services are one scripted server.</summary>
    public static ServiceProvider Connect(Uri server, int retries = 3, string @namespace = "") => Connect(Connection(server), retries, @namespace);

    /// <summary>The same with a clock, and with longer waits where the clock can pass them.</summary>
    public static ServiceProvider Connect(Uri server, TimeProvider clock, TimeSpan? longestWait = null, ILoggerProvider? logs = null)
    {
        var settings = new Dictionary<string, string?> { ["Gatehouse:Azure:Storage:ConnectionString"] = Connection(server) };
        if (longestWait is { } wait)
        {
            settings["Gatehouse:Azure:MaxRetryDelay"] = $"{wait}";
        }

        return Connect(settings, services =>
        {
            services.AddSingleton(clock);
            if (logs is not null)
            {
                services.AddLogging(logging => logging.AddProvider(logs));
            }
        });
    }

    public static ServiceProvider Connect(Dictionary<string, string?> settings, Action<IServiceCollection>? configure = null)
    {
        settings.TryAdd("Gatehouse:Azure:RetryDelay", "00:00:00.001");
        settings.TryAdd("Gatehouse:Azure:MaxRetryDelay", "00:00:00.002");
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddLogging();
        configure?.Invoke(services);
        services.AddAzureStorage();
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static string Connection(Uri server) => $"AccountName=acct;AccountKey=a2V5;TableEndpoint={server};QueueEndpoint={server}";
}
