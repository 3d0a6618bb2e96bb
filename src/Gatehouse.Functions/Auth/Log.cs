namespace Gatehouse.Functions.Auth;

internal static partial class Log
{
    [LoggerMessage(1710, LogLevel.Error, "The token issuer's keys cannot be read from {Url}")]
    public static partial void IssuerKeysUnavailable(this ILogger logger, string url, Exception exception);

    [LoggerMessage(1711, LogLevel.Error, "A token could not be judged")]
    public static partial void TokenNotJudged(this ILogger logger, Exception exception);
}
