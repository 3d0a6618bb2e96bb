using Gatehouse.Azure.Storage;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Queues.Embedded;
using Gatehouse.Core.Readiness;
using Gatehouse.Core.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Local.Hosting;

internal enum LocalStorageKind
{
    Embedded,
    Azurite,
}

/// <summary>Where records and queues of a local estate are, and the host's own end of the queues.</summary>
internal sealed class LocalStorage : IAsyncDisposable
{
    private const string ConnectionKey = "Gatehouse:Azure:Storage:ConnectionString";
    private const string NamespaceKey = "Gatehouse:Azure:Storage:Namespace";
    private const string HowToStart = "start one with 'npx azurite --inMemoryPersistence --skipApiVersionCheck', or name another in Gatehouse__Azure__Storage__ConnectionString";

    /// <summary>Removing a namespace is a courtesy to the next user of the account; nobody waits long for it.</summary>
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(20);

    private readonly ServiceProvider? _azurite;
    private readonly bool _temporary;

    private LocalStorage(IWorkQueue work, IWorkQueueReceiver queue, IReadOnlyDictionary<string, string?> settings, string place, ServiceProvider? azurite = null, bool temporary = false) =>
        (Work, Queue, Settings, Place, _azurite, _temporary) = (work, queue, settings, place, azurite, temporary);

    /// <summary>Where Event Grid puts events.</summary>
    public IWorkQueue Work { get; }

    public IWorkQueueReceiver Queue { get; }

    /// <summary>How the Function app finds the same place.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; }

    /// <summary>For people.</summary>
    public string Place { get; }

    /// <param name="services">With configuration, clock, ids and logging.</param>
    /// <exception cref="IOException">No Azurite answers.</exception>
    /// <exception cref="InvalidOperationException">The directory keeps its records elsewhere, or the connection string is none.</exception>
    public static Task<LocalStorage> OpenAsync(LocalStorageKind kind, LocalDirectory directory, ServiceProvider services, CancellationToken cancellationToken)
    {
        directory.RequireStorage(kind);
        return kind == LocalStorageKind.Azurite ? OpenAzuriteAsync(directory, services, cancellationToken) : Task.FromResult(OpenEmbedded(directory, services));
    }

    public async ValueTask DisposeAsync()
    {
        if (_azurite is null)
        {
            return;
        }

        if (_temporary)
        {
            await RemoveAsync(_azurite);
        }

        await _azurite.DisposeAsync();
    }

    private static LocalStorage OpenEmbedded(LocalDirectory directory, ServiceProvider services)
    {
        var queue = new EmbeddedQueue(directory.QueueDirectory, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<IdSource>());
        var settings = new Dictionary<string, string?>
        {
            ["Gatehouse:Storage:Kind"] = "Embedded",
            ["Gatehouse:Storage:Directory"] = directory.StorageDirectory,
        };
        return new LocalStorage(queue, queue, settings, directory.StorageDirectory);
    }

    private static async Task<LocalStorage> OpenAzuriteAsync(LocalDirectory directory, ServiceProvider services, CancellationToken cancellationToken)
    {
        var connection = services.GetRequiredService<IConfiguration>()[ConnectionKey] is { Length: > 0 } configured ? configured : "UseDevelopmentStorage=true";
        var name = directory.StorageNamespace(() => "local" + Fresh(services.GetRequiredService<IEntropy>()));
        var settings = new Dictionary<string, string?>
        {
            ["Gatehouse:Storage:Kind"] = "AzureTables",
            [ConnectionKey] = connection,
            [NamespaceKey] = name,
        };
        var azurite = Connect(settings, services);
        try
        {
            if (await azurite.GetRequiredService<IReadinessCheck>().FindProblemAsync(cancellationToken) is { } problem)
            {
                throw new IOException($"No Azurite can be used; {HowToStart}. ({problem})");
            }

            return new LocalStorage(azurite.GetRequiredService<IWorkQueue>(), azurite.GetRequiredService<IWorkQueueReceiver>(), settings, $"Azurite, namespace {name}", azurite, directory.IsTemporary);
        }
        catch (OptionsValidationException invalid)
        {
            await azurite.DisposeAsync();
            throw new InvalidOperationException(string.Join(' ', invalid.Failures), invalid);
        }
        catch (IOException)
        {
            await azurite.DisposeAsync();
            throw;
        }
    }

    private static ServiceProvider Connect(Dictionary<string, string?> settings, ServiceProvider services)
    {
        var own = new ServiceCollection();
        own.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        own.AddSingleton(services.GetRequiredService<ILoggerFactory>());
        own.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        own.AddSingleton(services.GetRequiredService<TimeProvider>());
        own.AddSingleton(services.GetRequiredService<IEntropy>());
        own.AddAzureStorage();
        return own.BuildServiceProvider();
    }

    private static async Task RemoveAsync(ServiceProvider azurite)
    {
        using var limit = new CancellationTokenSource(RemovalLimit, azurite.GetRequiredService<TimeProvider>());
        try
        {
            await azurite.GetRequiredService<IStorageNamespace>().RemoveAsync(limit.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            Log.NamespaceLeft(azurite.GetRequiredService<ILogger<LocalStorage>>(), azurite.GetRequiredService<IConfiguration>()[NamespaceKey], exception.Message);
        }
    }

    /// <summary>All of one length, so that none begins as another does.</summary>
    private static string Fresh(IEntropy entropy)
    {
        var bytes = new byte[8];
        entropy.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
