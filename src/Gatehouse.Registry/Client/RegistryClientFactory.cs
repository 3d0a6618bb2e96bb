using System.Collections.Concurrent;
using System.Net;
using Gatehouse.Core.Time;
using Gatehouse.Registry.Auth;
using Gatehouse.Registry.Http;
using Gatehouse.Registry.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Registry.Client;

/// <summary>Makes one client a host and keeps it. Disposing closes all connections.</summary>
public sealed class RegistryClientFactory : IRegistryClientFactory, IDisposable
{
    private readonly ConcurrentDictionary<string, RegistryClient> _clients = new();
    private readonly RegistryOptions _options;
    private readonly IReadOnlyList<IRegistryAuthenticator> _authenticators;
    private readonly TimeProvider _clock;
    private readonly IEntropy _entropy;
    private readonly RetryDelays _delays;
    private readonly RegistryHttp _http;
    private readonly ILogger _log;

    /// <param name="authenticators">Asked in order for the hosts they handle; all other hosts are answered from <see cref="RegistryOptions.Upstreams"/>.</param>
    public RegistryClientFactory(
        IOptions<RegistryOptions> options, IEnumerable<IRegistryAuthenticator> authenticators, TimeProvider clock, IEntropy entropy, ILogger<RegistryClientFactory> log)
        : this(options.Value, authenticators, clock, entropy, log, Dns.GetHostAddressesAsync)
    {
    }

    internal RegistryClientFactory(
        RegistryOptions options, IEnumerable<IRegistryAuthenticator> authenticators, TimeProvider clock, IEntropy entropy, ILogger log, NameLookup lookup)
    {
        (_options, _clock, _entropy, _log) = (options, clock, entropy, log);
        _delays = new RetryDelays(options, clock, entropy);
        _http = new RegistryHttp(options, clock, lookup);
        _authenticators = [.. authenticators, new TokenAuthenticator(_http, options, _delays, clock)];
    }

    /// <exception cref="ArgumentException"><paramref name="host"/> is no host with optional port; references that parsed have one.</exception>
    public IRegistryClient Create(string host) =>
        RegistryAddress.TryParse(host, out var address)
            ? _clients.GetOrAdd(address.Host, static (_, state) => state.Factory.Build(state.Address), (Factory: this, Address: address))
            : throw new ArgumentException($"'{host}' is not a registry host with optional port.", nameof(host));

    public void Dispose() => _http.Dispose();

    private RegistryClient Build(RegistryAddress address)
    {
        var upstream = _options.FindUpstream(address.Host);
        var authenticator = _authenticators.First(candidate => candidate.Handles(address.Host));

        // Hosts with an authenticator of their own are the estate's.
        var isOurs = authenticator is not TokenAuthenticator;
        var mayBePrivate = _options.MayBePrivate(address.Host) || isOurs;
        var transport = new RegistryTransport(
            address,
            new RedirectRules(address, upstream, mayBePrivate),
            _http,
            new GrantStore(address, authenticator, _clock),
            new RetryBudget(_options.RetryBudgetRatio, _options.RetryBudgetBurst),
            _delays,
            _options,
            _clock,
            isOurs ? _entropy : null,
            _log);
        return new RegistryClient(address, transport, _options, _clock, _log);
    }
}
