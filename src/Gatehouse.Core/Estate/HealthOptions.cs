using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Estate;

/// <summary>When observations of a replica become a change of its health, and how hard replicas are probed.</summary>
public sealed class HealthOptions
{
    public const string Section = "Gatehouse:Health";

    /// <summary>Failures in a row that make a replica Degraded; 1 to 100, at most <see cref="FailuresToUnavailable"/>. Default 1.</summary>
    public int FailuresToDegraded { get; set; } = 1;

    /// <summary>Failures in a row that make a replica Unavailable; 1 to 100. Default 3.</summary>
    public int FailuresToUnavailable { get; set; } = 3;

    /// <summary>Answers in a row before a replica is Healthy again; 1 to 100. Default 2.</summary>
    public int SuccessesToRecover { get; set; } = 2;

    /// <summary>A replica not observed for so long is Unknown; 1 minute to 7 days. Default 30 minutes.</summary>
    public TimeSpan SilenceToUnknown { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>An observation that changes nothing is written at most this often; zero to <see cref="SilenceToUnknown"/>. Default 1 minute.</summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Requests of one probe that run at once, over all replicas; 1 to 64. Default 8.</summary>
    public int ProbeConcurrency { get; set; } = 8;

    /// <summary>Lists one replica may fail to give before a probe leaves it alone; 1 to 100. Default 3.</summary>
    public int ListFailuresToStop { get; set; } = 3;
}

internal sealed class HealthOptionsValidator : IValidateOptions<HealthOptions>
{
    private static readonly TimeSpan ShortestSilence = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromDays(7);

    public ValidateOptionsResult Validate(string? name, HealthOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        Between(builder, nameof(options.FailuresToDegraded), options.FailuresToDegraded, 1, 100);
        Between(builder, nameof(options.FailuresToUnavailable), options.FailuresToUnavailable, 1, 100);
        Between(builder, nameof(options.SuccessesToRecover), options.SuccessesToRecover, 1, 100);
        Between(builder, nameof(options.ProbeConcurrency), options.ProbeConcurrency, 1, 64);
        Between(builder, nameof(options.ListFailuresToStop), options.ListFailuresToStop, 1, 100);
        if (options.FailuresToDegraded > options.FailuresToUnavailable)
        {
            builder.AddError($"{Key(nameof(options.FailuresToDegraded))} is {options.FailuresToDegraded}; write at most {Key(nameof(options.FailuresToUnavailable))}, which is {options.FailuresToUnavailable}.");
        }

        if (options.SilenceToUnknown < ShortestSilence || options.SilenceToUnknown > LongestSilence)
        {
            builder.AddError($"{Key(nameof(options.SilenceToUnknown))} is {options.SilenceToUnknown}; write a time from {ShortestSilence} to {LongestSilence}.");
        }

        if (options.RefreshInterval < TimeSpan.Zero || options.RefreshInterval > options.SilenceToUnknown)
        {
            builder.AddError($"{Key(nameof(options.RefreshInterval))} is {options.RefreshInterval}; write a time from {TimeSpan.Zero} to {Key(nameof(options.SilenceToUnknown))}, which is {options.SilenceToUnknown}.");
        }

        return builder.Build();
    }

    private static void Between(ValidateOptionsResultBuilder builder, string property, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            builder.AddError($"{Key(property)} is {value}; write a whole number from {least} to {most}.");
        }
    }

    private static string Key(string property) => $"{HealthOptions.Section}:{property}";
}
