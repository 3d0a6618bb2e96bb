using Gatehouse.Azure.Options;
using Gatehouse.Core.Ledger.Publishing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Checkpoints;

public static class CheckpointContainerServices
{
    /// <summary>Publishes checkpoints to a blob container, if the configuration names one. Wants logging.</summary>
    public static IServiceCollection AddCheckpointContainer(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(CheckpointContainerOptions.Section);
        services.AddOptions<CheckpointContainerOptions>().Bind(section).PostConfigure(container => container.Scope ??= AzureCloud.StorageScope).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CheckpointContainerOptions>, CheckpointContainerOptionsValidator>());
        var options = new CheckpointContainerOptions();
        section.Bind(options);
        if (options.IsSet)
        {
            services.AddAzureAccess();
            services.TryAddSingleton(TimeProvider.System);
            services.AddSingleton<CheckpointContainer>();
            services.AddSingleton<ICheckpointPublisher, BlobCheckpointPublisher>();
        }

        return services;
    }
}
