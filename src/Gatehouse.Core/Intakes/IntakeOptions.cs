using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Intakes;

/// <summary>How patient the workflow is. Section <c>Gatehouse:Intakes</c>.</summary>
public sealed class IntakeOptions
{
    public const string Section = "Gatehouse:Intakes";

    /// <summary>No service can make a step wait longer: what it asks for beyond this is taken as this.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromHours(6);

    /// <summary>How long the first message of a new intake stays invisible, so that the row is written before it. Default 2 s.</summary>
    public TimeSpan FirstMessageDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Pause before an operation that still runs is asked about again, when the service names none. Default 2 s; it grows by half each time, up to <see cref="MaxDelay"/>.</summary>
    public TimeSpan PollDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest pause between two looks. Default 1 min.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Tries of a step that fails before the intake is faulted. Default 10.</summary>
    [Range(1, 1000)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>How long evidence may stay unknown before the intake is faulted. Default 24 h.</summary>
    public TimeSpan EvidenceDeadline { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long registries may take to import an image before the intake is faulted; large images take hours. Default 12 h.</summary>
    public TimeSpan ImportDeadline { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long replicas may take to serve an imported image before the intake is faulted. Default 2 h.</summary>
    public TimeSpan ReplicationDeadline { get; set; } = TimeSpan.FromHours(2);

    /// <summary>How long after its time a step may be late before it is queued again. Default 1 min.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Replicas asked at the same time. Default 8.</summary>
    [Range(1, 64)]
    public int Parallelism { get; set; } = 8;
}

internal sealed class IntakeOptionsValidator : IValidateOptions<IntakeOptions>
{
    public ValidateOptionsResult Validate(string? name, IntakeOptions options)
    {
        var errors = new List<string>();
        Require(options.FirstMessageDelay >= TimeSpan.Zero && options.FirstMessageDelay <= IntakeOptions.LongestDelay, nameof(options.FirstMessageDelay), options.FirstMessageDelay, $"00:00:00 to {IntakeOptions.LongestDelay}");
        Require(options.PollDelay > TimeSpan.Zero, nameof(options.PollDelay), options.PollDelay, "more than 00:00:00");
        Require(
            options.MaxDelay >= options.PollDelay && options.MaxDelay <= IntakeOptions.LongestDelay,
            nameof(options.MaxDelay),
            options.MaxDelay,
            $"at least {IntakeOptions.Section}:{nameof(options.PollDelay)} and at most {IntakeOptions.LongestDelay}");
        Require(options.MaxAttempts is >= 1 and <= 1000, nameof(options.MaxAttempts), options.MaxAttempts, "1 to 1000");
        Require(options.EvidenceDeadline > TimeSpan.Zero, nameof(options.EvidenceDeadline), options.EvidenceDeadline, "more than 00:00:00");
        Require(options.ImportDeadline > TimeSpan.Zero, nameof(options.ImportDeadline), options.ImportDeadline, "more than 00:00:00");
        Require(options.ReplicationDeadline > TimeSpan.Zero, nameof(options.ReplicationDeadline), options.ReplicationDeadline, "more than 00:00:00");
        Require(options.Grace > TimeSpan.Zero, nameof(options.Grace), options.Grace, "more than 00:00:00");
        Require(options.Parallelism is >= 1 and <= 64, nameof(options.Parallelism), options.Parallelism, "1 to 64");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Require<T>(bool holds, string key, T value, string allowed)
        {
            if (!holds)
            {
                errors.Add($"{IntakeOptions.Section}:{key} is {value}; write {allowed}.");
            }
        }
    }
}
