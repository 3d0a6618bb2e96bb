using Microsoft.Extensions.Logging.Console;

namespace Gatehouse.Functions.Hosting;

/// <summary>One line an entry: the Functions host takes each line of stdout and stderr as one log entry.</summary>
internal static class ConsoleLogging
{
    public static void Configure(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });

        // The host records stderr as errors, so only errors go there.
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Error);
    }
}
