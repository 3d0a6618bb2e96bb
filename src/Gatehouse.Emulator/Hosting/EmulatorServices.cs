using Gatehouse.Core.Time;
using Gatehouse.Registry.Client;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Emulator.Hosting;

/// <summary>What the emulator needs from its host.</summary>
/// <param name="ImportClients">Reaches the sources of imports that name no credentials.</param>
public sealed record EmulatorServices(TimeProvider Clock, IEntropy Entropy, ILoggerFactory LoggerFactory, IRegistryClientFactory ImportClients);
