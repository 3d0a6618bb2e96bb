using Gatehouse.Registry.Client;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Tokens;

internal static partial class Log
{
    [LoggerMessage(1610, LogLevel.Warning, "Signing in to {Host} failed ({Kind}): {Reason}")]
    public static partial void SignInFailed(this ILogger logger, string host, RegistryFailureKind kind, string reason);

    [LoggerMessage(1611, LogLevel.Information, "{Host} refused to exchange the Entra token it was shown; asking for a fresh one")]
    public static partial void TokenRefused(this ILogger logger, string host);

    [LoggerMessage(1627, LogLevel.Warning, "No fresh Entra token could be had for {Host}: {Reason}")]
    public static partial void FreshTokenFailed(this ILogger logger, string host, string reason);
}
