using Gatehouse.Core.Time;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Hosting;
using Gatehouse.Local.Scanning;
using Gatehouse.Registry;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Gatehouse.Local.Hosting;

/// <summary>Everything that has been started, on its way into a <see cref="LocalEstate"/>.</summary>
internal sealed record LocalParts(
    LocalDirectory Directory,
    ServiceProvider Services,
    LocalTokenIssuer Issuer,
    EmulatorHost Emulator,
    EventGridListener Events,
    SampleScanner Scanner,
    WebApplication App,
    LocalStorage Storage);

/// <content>How the parts are started, each before those that need its address.</content>
internal sealed partial class LocalEstate
{
    public static async Task<LocalEstate> StartAsync(LocalOptions options, CancellationToken cancellationToken)
    {
        await using var started = new StartedParts();
        var estate = new LocalEstate(await StartPartsAsync(options, started, cancellationToken));
        started.Release();
        return estate;
    }

    private static async Task<LocalParts> StartPartsAsync(LocalOptions options, StartedParts started, CancellationToken cancellationToken)
    {
        var directory = started.Add(LocalDirectory.Open(options.DataDirectory));
        var services = started.Add(BuildServices(options));
        var storage = started.Add(await LocalStorage.OpenAsync(options.Storage, directory, services, cancellationToken));
        var events = started.Add(await EventGridListener.StartAsync(
            services.GetRequiredService<InvocationEnvelope>(),
            services.GetRequiredService<ILogger<EventGridListener>>(),
            cancellationToken));
        var clock = services.GetRequiredService<TimeProvider>();
        var ids = services.GetRequiredService<IdSource>();
        var emulator = started.Add(await EmulatorHost.StartAsync(LocalTopology.Emulator(directory, events, storage.Work), EmulatorNeeds(services), cancellationToken));
        await File.WriteAllTextAsync(directory.EstateFile, LocalTopology.EstateYaml(emulator), cancellationToken);
        var scanner = started.Add(await SampleScanner.StartAsync(ActivatorUtilities.CreateInstance<ScanJobs>(services, AdvisoryBook.Load()), cancellationToken));
        var issuer = started.Add(LocalTokenIssuer.Open(directory.IssuerKeyFile, clock, ids));

        // The production credential finds the emulator's identity endpoint where App Service would put it.
        Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", emulator.IdentityEndpoint.ToString());
        Environment.SetEnvironmentVariable("IDENTITY_HEADER", emulator.IdentityHeader);
        var app = started.Add(GatehouseApp.Build(
            [],
            configuration => configuration.AddInMemoryCollection(LocalTopology.Settings(options, directory, storage, emulator, scanner)),
            LogToStderr));
        await app.StartAsync(cancellationToken);
        return new LocalParts(directory, services, issuer, emulator, events, scanner, app, storage);
    }

    private static ServiceProvider BuildServices(LocalOptions options)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging(logging => logging
            .SetMinimumLevel(options.Verbose ? LogLevel.Information : LogLevel.Error)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        services.AddGatehouseRegistry();
        services.AddOptions<RegistryOptions>().Bind(configuration.GetSection(RegistryOptions.Section)).Configure(registry => registry.AllowPrivateRegistries = true);
        services.AddSingleton<IdSource>();
        services.AddSingleton<InvocationEnvelope>();
        return services.BuildServiceProvider();
    }

    /// <summary>stdout is for what this program answers.</summary>
    private static void LogToStderr(IServiceCollection services) =>
        services.PostConfigure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

    private static EmulatorServices EmulatorNeeds(ServiceProvider services) => new(
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<IEntropy>(),
        services.GetRequiredService<ILoggerFactory>(),
        services.GetRequiredService<IRegistryClientFactory>());
}
