using Gatehouse.Core.Time;
using Gatehouse.Registry.Client;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Emulator.Hosting;

/// <summary>What the emulator needs from its host.</summary>
/// <param name="ImportClients">Reaches the sources of imports, without credentials.</param>
/// <param name="ImportClientWith">Makes the client of a host for an import that names credentials; null refuses such imports.</param>
public sealed record EmulatorServices(
    TimeProvider Clock,
    IEntropy Entropy,
    ILoggerFactory LoggerFactory,
    IRegistryClientFactory ImportClients,
    Func<string, ImportCredentials, IRegistryClient>? ImportClientWith = null);

/// <param name="Username">Empty when only a password, an Entra token, was given.</param>
public sealed record ImportCredentials(string Username, string Password)
{
    /// <summary>Without the password.</summary>
    public override string ToString() => Username;
}
