using Azure.Core.Pipeline;
using Gatehouse.Azure.Arm;
using Gatehouse.Azure.Http;
using Gatehouse.Azure.Imports;
using Gatehouse.Azure.Options;
using Gatehouse.Azure.Publishing;
using Gatehouse.Azure.Replicas;
using Gatehouse.Azure.Tokens;
using Gatehouse.Core.Estate;
using Gatehouse.Registry.Auth;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure;

public static class AzureServices
{
    /// <summary>
    /// Resource Manager, imports, replicas, publishing, and the sign-in to the estate's registries.
    /// Wants logging, a configuration, a <see cref="TimeProvider"/>, an <see cref="IEstateProvider"/> and the registry clients.
    /// </summary>
    public static IServiceCollection AddGatehouseAzure(this IServiceCollection services)
    {
        services.AddAzureAccess();
        services.AddSingleton<AzurePipelines>();
        services.AddArm();
        services.AddSingleton<IUpstreamCredentials, ConfiguredUpstreamCredentials>();
        services.AddSingleton<ImportLeases>();
        services.AddSingleton<IImageImporter, ArmImageImporter>();
        services.AddSingleton<EstateHosts>();
        services.AddSingleton<TokenService>();
        services.AddSingleton<RefreshTokens>();
        services.AddSingleton<IRegistryAuthenticator, AcrAuthenticator>();
        services.AddSingleton<IReplicaReader, AcrReplicaReader>();
        services.AddSingleton<IReferrerReader, AcrReferrerReader>();
        services.AddSingleton<IRegistryPublisher, AcrPublisher>();

        // Estates leave out their registries' hosts; which they are is the cloud's.
        services.AddOptions<EstateOptions>().PostConfigure<IOptions<AzureOptions>>((estate, azure) => estate.RegistrySuffix ??= azure.Value.HomeCloud().RegistrySuffix);
        return services;
    }

    /// <summary>The transport and the credential that all of Azure's adapters share.</summary>
    internal static IServiceCollection AddAzureAccess(this IServiceCollection services)
    {
        services.AddOptions<AzureOptions>().BindConfiguration(AzureOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AzureOptions>, AzureOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => AzureTransport.Create(provider.GetRequiredService<IOptions<AzureOptions>>().Value));
        services.TryAddSingleton(provider => Credentials.Create(
            provider.GetRequiredService<IOptions<AzureOptions>>().Value,
            provider.GetRequiredService<HttpPipelineTransport>()));
        return services;
    }
}
