namespace Gatehouse.Functions.Hosting;

internal static partial class Log
{
    [LoggerMessage(1700, LogLevel.Critical, "The configuration is invalid; nothing is served until it is corrected: {Problem}")]
    public static partial void ConfigurationInvalid(this ILogger logger, string problem);

    [LoggerMessage(1701, LogLevel.Critical, "The configuration is still invalid, so {Function} was refused: {Problem}")]
    public static partial void ConfigurationStillInvalid(this ILogger logger, string function, string problem);
}
