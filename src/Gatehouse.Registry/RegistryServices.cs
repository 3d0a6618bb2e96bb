using Gatehouse.Core.Images;
using Gatehouse.Core.Time;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Options;
using Gatehouse.Registry.Resolving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Registry;

public static class RegistryServices
{
    /// <summary>
    /// Adds <see cref="IRegistryClientFactory"/> and <see cref="IImageResolver"/>. Bind <see cref="RegistryOptions.Section"/> to
    /// <see cref="RegistryOptions"/> where configuration is read; register <see cref="Auth.IRegistryAuthenticator"/>s for hosts with a way of their own.
    /// </summary>
    public static IServiceCollection AddGatehouseRegistry(this IServiceCollection services)
    {
        services.AddOptions<RegistryOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RegistryOptions>, RegistryOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEntropy, SystemEntropy>();
        services.TryAddSingleton<IRegistryClientFactory, RegistryClientFactory>();
        services.TryAddSingleton<IImageResolver, ImageResolver>();
        return services;
    }
}
