using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Rescans;

/// <summary>How often released images are looked at again.</summary>
public sealed class RescanOptions
{
    public const string Section = "Gatehouse:Rescans";

    /// <summary>Age at which an image's last scan is repeated; 1 minute to 90 days. Default 24 hours.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Images whose scanners are newly asked in one run, so that a large estate is spread over many; 1 to 10,000. Default 200.</summary>
    public int MaxImagesPerRun { get; set; } = 200;
}

internal sealed class RescanOptionsValidator : IValidateOptions<RescanOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    public ValidateOptionsResult Validate(string? name, RescanOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        if (options.Interval < Shortest || options.Interval > Longest)
        {
            builder.AddError($"{RescanOptions.Section}:{nameof(options.Interval)} is {options.Interval}; write a time from {Shortest} to {Longest}.");
        }

        if (options.MaxImagesPerRun is < 1 or > 10_000)
        {
            builder.AddError($"{RescanOptions.Section}:{nameof(options.MaxImagesPerRun)} is {options.MaxImagesPerRun}; write a whole number from 1 to 10000.");
        }

        return builder.Build();
    }
}
