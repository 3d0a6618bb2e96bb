using Gatehouse.Azure.Arm.Budget;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Proxy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Arm;

internal static class ArmServices
{
    public static IServiceCollection AddArm(this IServiceCollection services)
    {
        services.AddOptions<ArmBudgetOptions>().BindConfiguration(ArmBudgetOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ArmBudgetOptions>, ArmBudgetOptionsValidator>());
        services.AddSingleton<ArmBudget>();
        services.AddSingleton<ArmPipeline>();
        services.AddSingleton<ArmClient>();
        services.AddSingleton<ArmReader>();
        services.AddSingleton<ArmOperations>();
        services.AddSingleton<IControlOperations>(provider => provider.GetRequiredService<ArmOperations>());
        services.AddSingleton<IRegistryControl, ArmRegistryControl>();
        services.AddSingleton<IReplicationControl, ArmReplicationControl>();
        services.AddSingleton<ICacheRules, ArmCacheRules>();
        services.AddSingleton<ICredentialSets, ArmCredentialSets>();
        return services;
    }
}
