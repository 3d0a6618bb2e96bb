using Gatehouse.Core.Scopes;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Policies.Storage;

internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Information, "Policy of {Scope} applied as version {Version} by {Actor}; {Warnings} documents below are overruled")]
    public static partial void PolicyApplied(ILogger logger, Scope scope, int version, string actor, int warnings);

    [LoggerMessage(1101, LogLevel.Debug, "Policy of {Scope} is unchanged at version {Version}")]
    public static partial void PolicyUnchanged(ILogger logger, Scope scope, int version);

    [LoggerMessage(1102, LogLevel.Information, "Policy of {Scope} refused: {Code}")]
    public static partial void PolicyRefused(ILogger logger, Scope scope, string code);

    [LoggerMessage(1103, LogLevel.Debug, "Policy of {Scope} met another apply; attempt {Attempt}")]
    public static partial void ApplyContended(ILogger logger, Scope scope, int attempt);
}
