using Microsoft.Extensions.Logging;

namespace Gatehouse.Emulator.Hosting;

internal static partial class Log
{
    [LoggerMessage(1400, LogLevel.Information, "Registry {Registry} ({Kind}) is at {LoginServer}, {Replicas} replicas")]
    public static partial void RegistryStarted(ILogger logger, string registry, RegistryKind kind, string loginServer, int replicas);

    [LoggerMessage(1401, LogLevel.Information, "ARM is at {Endpoint}")]
    public static partial void ArmStarted(ILogger logger, Uri endpoint);

    [LoggerMessage(1402, LogLevel.Warning, "A port was taken while the emulator started; choosing others")]
    public static partial void PortsTaken(ILogger logger);
}
