using Gatehouse.Core.Estate;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Options;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Azure.Tests.Replicas;

internal static class ReplicaRig
{
    /// <summary>The real registry client, without retries.</summary>
    public static RegistryClientFactory Clients() => new(
        Microsoft.Extensions.Options.Options.Create(new RegistryOptions { MaxRetries = 0, AllowPrivateRegistries = true }),
        [],
        new ManualTimeProvider(),
        new SeededEntropy(),
        NullLogger<RegistryClientFactory>.Instance);

    public static ReplicaDefinition Replica(ScriptedServer server) => new("contoso", "westeurope", server.Host);
}
