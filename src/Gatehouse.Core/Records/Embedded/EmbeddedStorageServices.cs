using Gatehouse.Core.Queues;
using Gatehouse.Core.Queues.Embedded;
using Gatehouse.Core.Readiness;
using Gatehouse.Core.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Records.Embedded;

public static class EmbeddedStorageServices
{
    /// <summary>Keeps records and queues in a directory of this machine. Nothing is opened before its first use.</summary>
    public static IServiceCollection AddEmbeddedStorage(this IServiceCollection services, Action<EmbeddedStorageOptions> configure)
    {
        services.AddOptions<EmbeddedStorageOptions>()
            .Configure(configure)
            .Validate(
                options => !string.IsNullOrWhiteSpace(options.Directory),
                $"{nameof(EmbeddedStorageOptions)}.{nameof(EmbeddedStorageOptions.Directory)} is empty; name the directory that holds records and queues.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEntropy, SystemEntropy>();
        services.TryAddSingleton<IdSource>();
        services.AddSingleton(provider => new LazyRecordStore(cancellationToken => EmbeddedRecordStore.OpenAsync(
            new EmbeddedStoreOptions { Directory = DirectoryOf(provider, "records") },
            provider.GetRequiredService<ILogger<EmbeddedRecordStore>>(),
            cancellationToken)));
        services.AddSingleton<IRecordStore>(provider => provider.GetRequiredService<LazyRecordStore>());
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<LazyRecordStore>());
        services.AddSingleton(provider => new EmbeddedQueue(
            DirectoryOf(provider, "queues"),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IdSource>()));
        services.AddSingleton<IWorkQueue>(provider => provider.GetRequiredService<EmbeddedQueue>());
        services.AddSingleton<IWorkQueueReceiver>(provider => provider.GetRequiredService<EmbeddedQueue>());
        return services;
    }

    private static string DirectoryOf(IServiceProvider provider, string name) =>
        Path.Combine(provider.GetRequiredService<IOptions<EmbeddedStorageOptions>>().Value.Directory, name);
}
