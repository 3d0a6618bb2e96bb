namespace Gatehouse.Functions.Admission;

internal static partial class Log
{
    [LoggerMessage(1730, LogLevel.Error, "Whether {Image} was released could not be read; it is denied")]
    public static partial void ReleaseUnknown(this ILogger logger, string image, Exception exception);
}
