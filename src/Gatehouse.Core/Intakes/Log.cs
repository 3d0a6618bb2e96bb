using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Intakes;

internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Intake {Intake}: {From} -> {To} in {ElapsedMs:F0} ms. {Reason}")]
    public static partial void Moved(ILogger logger, string intake, IntakeState from, IntakeState to, double elapsedMs, string? reason);

    [LoggerMessage(1002, LogLevel.Debug, "Intake {Intake} stays {State} until {WakeAt:O}. {Reason}")]
    public static partial void Waiting(ILogger logger, string intake, IntakeState state, DateTimeOffset? wakeAt, string? reason);

    [LoggerMessage(1003, LogLevel.Debug, "Intake {Intake} in {State} was advanced by another message meanwhile.")]
    public static partial void Overtaken(ILogger logger, string intake, IntakeState state);

    [LoggerMessage(1004, LogLevel.Debug, "A message names intake {Intake}, which was never written.")]
    public static partial void MessageWithoutIntake(ILogger logger, string intake);

    [LoggerMessage(1005, LogLevel.Warning, "Intake {Intake} in {State} is overdue; it was queued again.")]
    public static partial void Overdue(ILogger logger, string intake, IntakeState state);

    [LoggerMessage(1006, LogLevel.Error, "Intake {Intake}: the step of {State} threw.")]
    public static partial void StepThrew(ILogger logger, Exception exception, string intake, IntakeState state);

    [LoggerMessage(1007, LogLevel.Error, "The intake of due row {Row} could not be woken.")]
    public static partial void NotWoken(ILogger logger, Exception exception, string row);

    [LoggerMessage(1110, LogLevel.Warning, "Intake {Intake}: the attestation could not be signed; its release waits.")]
    public static partial void NotSigned(ILogger logger, Exception exception, string intake);
}
