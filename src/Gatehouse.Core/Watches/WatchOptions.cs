using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Watches;

/// <summary>How hard upstreams are asked.</summary>
public sealed class WatchOptions
{
    public const string Section = "Gatehouse:Watches";

    /// <summary>Requests of one sweep that run at once, over all upstreams; 1 to 256. Default 16.</summary>
    public int Concurrency { get; set; } = 16;

    /// <summary>Requests of one sweep that run at once against one upstream host; 1 to 64. Default 4.</summary>
    public int HostConcurrency { get; set; } = 4;

    /// <summary>Tags the wildcard patterns of one watch may match; a watch over it fails visibly. 1 to 20,000. Default 2,000.</summary>
    public int MaxTagsPerWatch { get; set; } = 2_000;

    /// <summary>Requests in a row one host may leave unanswered before a sweep leaves it alone; 1 to 100. Default 5.</summary>
    public int FailuresToStopHost { get; set; } = 5;
}

internal sealed class WatchOptionsValidator : IValidateOptions<WatchOptions>
{
    public ValidateOptionsResult Validate(string? name, WatchOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        Between(builder, nameof(options.Concurrency), options.Concurrency, 256);
        Between(builder, nameof(options.HostConcurrency), options.HostConcurrency, 64);
        Between(builder, nameof(options.MaxTagsPerWatch), options.MaxTagsPerWatch, 20_000);
        Between(builder, nameof(options.FailuresToStopHost), options.FailuresToStopHost, 100);
        return builder.Build();
    }

    private static void Between(ValidateOptionsResultBuilder builder, string property, int value, int most)
    {
        if (value < 1 || value > most)
        {
            builder.AddError($"{WatchOptions.Section}:{property} is {value}; write a whole number from 1 to {most}.");
        }
    }
}
