namespace Gatehouse.Functions.Triggers;

internal static partial class Log
{
    [LoggerMessage(1720, LogLevel.Error, "{Function} refused an invocation with {Code}: {Reason}")]
    public static partial void InvocationRefused(this ILogger logger, string function, string code, string reason);
}
