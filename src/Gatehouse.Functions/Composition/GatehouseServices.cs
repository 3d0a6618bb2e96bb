using Gatehouse.Core.Time;
using Gatehouse.Functions.Admission;
using Gatehouse.Functions.Api;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Hooks;
using Gatehouse.Functions.Hosting;
using Gatehouse.Functions.Metrics;
using Gatehouse.Functions.OpenApi;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Composition;

/// <summary>The composition root: the only place that knows every project.</summary>
internal static class GatehouseServices
{
    public static void AddGatehouse(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEntropy, SystemEntropy>();
        services.TryAddSingleton<IdSource>();
        services.AddHost(configuration);
    }

    private static void AddHost(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<StartupProblems>();
        services.AddSingleton<MetricsCollector>();
        services.AddSingleton<ImageGate>();
        services.AddOptions<GatehouseOptions>().Bind(configuration.GetSection(GatehouseOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatehouseOptions>, GatehouseOptionsValidator>();
        services.AddOptions<HookOptions>().Bind(configuration.GetSection(HookOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<HookOptions>, HookOptionsValidator>();
        services.AddTokenAuthentication(configuration);
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        services.AddApiDocument();
    }
}
