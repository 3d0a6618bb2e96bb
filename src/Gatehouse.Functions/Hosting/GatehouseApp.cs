using Gatehouse.Functions.Api;
using Gatehouse.Functions.Composition;
using Gatehouse.Functions.Metrics;
using Gatehouse.Functions.Problems;

namespace Gatehouse.Functions.Hosting;

/// <summary>Builds the Function app: the program the Azure Functions host starts and calls over loopback HTTP.</summary>
public static class GatehouseApp
{
    /// <summary>Exit code after which the Functions host starts the handler again without counting a failure.</summary>
    public const int RestartExitCode = 200;

    /// <param name="args">Command line; read as configuration, as environment variables are.</param>
    /// <param name="configure">Adds or overrides configuration before anything reads it.</param>
    /// <param name="services">Replaces registrations; runs last.</param>
    /// <exception cref="InvalidOperationException">The port is not a port: there is nothing to listen on.</exception>
    public static WebApplication Build(
        string[] args,
        Action<ConfigurationManager>? configure = null,
        Action<IServiceCollection>? services = null)
    {
        // Application settings come with a restart; watching for files would cost one of the machine's few watchers and some of the start.
        string[] all = ["--hostBuilder:reloadConfigOnChange=false", .. args];
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = all, ContentRootPath = AppContext.BaseDirectory });
        configure?.Invoke(builder.Configuration);
        LoopbackEndpoint.Listen(builder);
        ConsoleLogging.Configure(builder);
        builder.Services.AddGatehouse(builder.Configuration);
        services?.Invoke(builder.Services);
        builder.Services.DeferStartupValidation();

        var app = builder.Build();
        app.Services.GetRequiredService<MetricsCollector>().Start();
        app.UseMiddleware<RequestTelemetry>();
        app.UseProblems();
        app.UseMiddleware<ConfigurationGate>();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGatehouse();
        return app;
    }
}
