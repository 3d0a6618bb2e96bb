using System.Net;
using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Auth;
using Gatehouse.Registry.Client;
using Gatehouse.Registry.Documents;
using Gatehouse.Registry.Options;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Registry.Tests;

/// <summary>A client factory on a clock that skips waits, and a scripted registry to point it at.</summary>
internal sealed class RegistryFixture : IAsyncDisposable
{
    private RegistryFixture(ScriptedServer server, RegistryOptions options, IEnumerable<IRegistryAuthenticator> authenticators, ILogger log)
    {
        Server = server;
        Options = options;
        Factory = new RegistryClientFactory(options, authenticators, Clock, new SeededEntropy(), log, LookupAsync);
    }

    public ScriptedServer Server { get; }

    public RegistryOptions Options { get; }

    public SkippingClock Clock { get; } = new();

    public RegistryClientFactory Factory { get; }

    public IRegistryClient Client => Factory.Create(Server.Host);

    /// <summary>What made-up names resolve to; unknown names resolve to nothing.</summary>
    public Dictionary<string, IPAddress[]> Names { get; } = [];

    /// <summary>Sees every name looked up.</summary>
    public Action<string>? OnLookup { get; set; }

    public static async Task<RegistryFixture> StartAsync(params ScriptStep[] steps) => new(await ScriptedServer.StartAsync(steps), new RegistryOptions { AllowPrivateRegistries = true }, [], NullLogger.Instance);

    public static async Task<RegistryFixture> StartAsync(Action<RegistryOptions, string> configure, params ScriptStep[] steps)
    {
        var server = await ScriptedServer.StartAsync(steps);
        var options = new RegistryOptions { AllowPrivateRegistries = true };
        configure(options, server.Host);
        return new RegistryFixture(server, options, [], NullLogger.Instance);
    }

    public static async Task<RegistryFixture> StartAsync(IEnumerable<IRegistryAuthenticator> authenticators, ILogger log, params ScriptStep[] steps) =>
        new(await ScriptedServer.StartAsync(steps), new RegistryOptions { AllowPrivateRegistries = true }, authenticators, log);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A small valid manifest; <paramref name="salt"/> makes it another.</summary>
    public static byte[] Manifest(string salt = "") => ManifestWriter.Image(
        new Descriptor(MediaTypes.OciConfig, Digest.OfBytes("{}"u8), 2),
        [new Descriptor(MediaTypes.OciLayerGzip, Digest.OfBytes(Bytes("layer" + salt)), 5 + salt.Length)]);

    public static (string Name, string Value)[] ManifestHeaders(byte[] manifest, string type = MediaTypes.OciManifest) =>
        [("Content-Type", type), ("Docker-Content-Digest", Digest.OfBytes(manifest).ToString())];

    public async ValueTask DisposeAsync()
    {
        Factory.Dispose();
        await Server.DisposeAsync();
    }

    private Task<IPAddress[]> LookupAsync(string host, CancellationToken cancellationToken)
    {
        OnLookup?.Invoke(host);
        return Task.FromResult(Names.TryGetValue(host, out var addresses) ? addresses : host == "localhost" ? [IPAddress.Loopback] : []);
    }
}
