using Gatehouse.Azure.Storage;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Queues.Embedded;
using Gatehouse.Core.Time;
using Gatehouse.TestKit.Peers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Functions.Tests.EndToEnd;

/// <summary>Where a published app keeps records and queues, and the host's own end of the queues.</summary>
internal sealed class PublishedStorage : IAsyncDisposable
{
    private readonly ServiceProvider? _services;
    private readonly AzuritePeer? _azurite;

    private PublishedStorage(IWorkQueue work, IWorkQueueReceiver queue, IReadOnlyDictionary<string, string?> settings, ServiceProvider? services = null, AzuritePeer? azurite = null) =>
        (Work, Queue, Settings, _services, _azurite) = (work, queue, settings, services, azurite);

    public IWorkQueue Work { get; }

    public IWorkQueueReceiver Queue { get; }

    /// <summary>Environment variables.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; }

    public static PublishedStorage Embedded(string directory, IdSource ids)
    {
        var queue = new EmbeddedQueue(Path.Combine(directory, "queues"), TimeProvider.System, ids);
        return new PublishedStorage(queue, queue, new Dictionary<string, string?> { ["Gatehouse__Storage__Kind"] = "Embedded", ["Gatehouse__Storage__Directory"] = directory });
    }

    /// <summary>An Azurite of its own.</summary>
    public static async Task<PublishedStorage> OnAzuriteAsync(CancellationToken cancellationToken)
    {
        const string Key = "Gatehouse:Azure:Storage:ConnectionString";
        var azurite = await AzuritePeer.StartAsync(cancellationToken);
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new(Key, azurite.ConnectionString)]).Build())
            .AddLogging()
            .AddAzureStorage()
            .BuildServiceProvider();
        return new PublishedStorage(
            services.GetRequiredService<IWorkQueue>(),
            services.GetRequiredService<IWorkQueueReceiver>(),
            new Dictionary<string, string?>
            {
                ["Gatehouse__Storage__Kind"] = "AzureTables",
                [Key.Replace(":", "__", StringComparison.Ordinal)] = azurite.ConnectionString,
            },
            services,
            azurite);
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        if (_azurite is not null)
        {
            await _azurite.DisposeAsync();
        }
    }
}
