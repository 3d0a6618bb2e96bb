using Gatehouse.Azure;
using Gatehouse.Azure.Events;
using Gatehouse.Azure.Storage;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Events;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.Core.Rescans;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Time;
using Gatehouse.Core.Watches;
using Gatehouse.Evidence;
using Gatehouse.Functions.Admission;
using Gatehouse.Functions.Api;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Events;
using Gatehouse.Functions.Hooks;
using Gatehouse.Functions.Hosting;
using Gatehouse.Functions.Metrics;
using Gatehouse.Functions.OpenApi;
using Gatehouse.Registry;
using Gatehouse.Registry.Options;
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
        services.AddDomain();
        services.AddStorage(configuration);
        services.AddCheckpoints(configuration);
        services.AddAdapters();
        services.AddEventTopic(configuration);
    }

    private static void AddDomain(this IServiceCollection services)
    {
        services.AddGatehousePolicies();
        services.AddGatehouseIntakes();
        services.AddGatehouseEstate();
        services.AddGatehouseWatches();
        services.AddGatehouseRescans();
        services.AddGatehouseLedger();
        services.AddGatehouseQueues();
        services.AddGatehouseEvents();
    }

    /// <summary>Its own validator names the keys people write, so a missing directory is reported once, here.</summary>
    private static void AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(StorageOptions.Section);
        services.AddOptions<StorageOptions>().Bind(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        if (section[nameof(StorageOptions.Kind)] == StorageOptions.AzureTables)
        {
            services.AddAzureStorage();
            return;
        }

        services.AddEmbeddedStorage(options => options.Directory = section[nameof(StorageOptions.Directory)] is { Length: > 0 } directory ? directory : "-");
    }

    private static void AddAdapters(this IServiceCollection services)
    {
        services.AddGatehouseRegistry();
        services.AddOptions<RegistryOptions>().BindConfiguration(RegistryOptions.Section).ValidateOnStart();
        services.AddGatehouseEvidence();
        services.AddGatehouseAzure();
    }

    /// <summary>Without a topic nothing is published.</summary>
    private static void AddEventTopic(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[$"{EventGridOptions.Section}:{nameof(EventGridOptions.TopicEndpoint)}"] is { Length: > 0 })
        {
            services.AddEventGridTopic();
        }
    }

    private static void AddHost(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<StartupProblems>();
        services.AddSingleton<MetricsCollector>();
        services.AddSingleton<ImageGate>();
        services.AddSingleton<RegistryHosts>();
        services.AddSingleton<EventIntake>();
        services.AddSingleton<EventGridDoor>();
        services.AddOptions<GatehouseOptions>().Bind(configuration.GetSection(GatehouseOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatehouseOptions>, GatehouseOptionsValidator>();
        services.AddOptions<HookOptions>().Bind(configuration.GetSection(HookOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<HookOptions>, HookOptionsValidator>();
        services.AddOptions<EventGridHookOptions>().Bind(configuration.GetSection(EventGridHookOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<EventGridHookOptions>, EventGridHookOptionsValidator>();
        services.AddTokenAuthentication(configuration);
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        services.AddApiDocument();
    }
}
