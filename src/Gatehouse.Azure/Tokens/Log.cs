using Gatehouse.Registry.Client;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Tokens;

internal static partial class Log
{
    [LoggerMessage(1610, LogLevel.Warning, "Signing in to {Host} failed ({Kind}): {Reason}")]
    public static partial void SignInFailed(this ILogger logger, string host, RegistryFailureKind kind, string reason);
}
