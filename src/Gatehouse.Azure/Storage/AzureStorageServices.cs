using Gatehouse.Azure.Options;
using Gatehouse.Azure.Storage.Queues;
using Gatehouse.Azure.Storage.Tables;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Readiness;
using Gatehouse.Core.Records;
using Gatehouse.Core.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Storage;

public static class AzureStorageServices
{
    /// <summary>Keeps records and queues in a storage account. Wants logging and a configuration; tables and queues are made at their first use.</summary>
    public static IServiceCollection AddAzureStorage(this IServiceCollection services)
    {
        services.AddAzureAccess();
        services.AddOptions<AzureStorageOptions>().BindConfiguration(AzureStorageOptions.Section).PostConfigure(storage => storage.Scope ??= AzureCloud.StorageScope).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AzureStorageOptions>, AzureStorageOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEntropy, SystemEntropy>();
        services.TryAddSingleton<IdSource>();
        services.AddSingleton(provider => StorageAccount.From(provider.GetRequiredService<IOptions<AzureStorageOptions>>().Value));
        services.AddSingleton<StoragePipelines>();
        services.AddSingleton<StorageFaults>();
        services.AddSingleton<IReadinessCheck, StorageCheck>();
        services.AddSingleton<IStorageNamespace, StorageNamespace>();
        services.AddSingleton<TableClient>();
        services.AddSingleton<TableWriter>();
        services.AddSingleton<IRecordStore, TableRecordStore>();
        services.AddSingleton<StorageQueueWorkQueue>();
        services.AddSingleton<IWorkQueue>(provider => provider.GetRequiredService<StorageQueueWorkQueue>());
        services.AddSingleton<IWorkQueueReceiver>(provider => provider.GetRequiredService<StorageQueueWorkQueue>());
        return services;
    }
}
