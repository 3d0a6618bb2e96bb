using Gatehouse.Core.Time;
using Gatehouse.Emulator.Hosting;

namespace Gatehouse.Emulator.KeyVault;

/// <summary>The vault's keys and faults, as tests and demos see them.</summary>
public sealed class EmulatedVault : IDisposable
{
    private const int VersionBytes = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<VaultKeyVersion>> _keys = new(StringComparer.OrdinalIgnoreCase);
    private readonly EmulatorOptions _options;
    private readonly TimeProvider _clock;
    private readonly IEntropy _entropy;

    internal EmulatedVault(EmulatorOptions options, EmulatorServices services)
    {
        (_options, _clock, _entropy) = (options, services.Clock, services.Entropy);
        Tag = new EndpointTag(EndpointRole.Vault, "vault", options.Vault.Port);
        Faults = new VaultFaults(services.Clock);
        foreach (var name in options.Vault.Keys)
        {
            _keys[name] = Directory.Exists(DirectoryOf(name)) ? [.. Directory.EnumerateFiles(DirectoryOf(name), "*.pem").Select(VaultKeyVersion.Load).OrderBy(version => version.Number)] : [];
            if (_keys[name].Count == 0)
            {
                Rotate(name);
            }
        }
    }

    /// <summary><c>https://127.0.0.1:port</c>, where <c>https://name.vault.azure.net</c> would be.</summary>
    public Uri Endpoint => new($"https://{Tag.Host}");

    public VaultFaults Faults { get; }

    internal EndpointTag Tag { get; }

    /// <summary>The key's identifier without a version: whatever version is the newest.</summary>
    public Uri KeyId(string name) => new(Endpoint, $"/keys/{name}");

    /// <summary>Makes a new version; the older ones go on signing for who names them.</summary>
    /// <returns>The new version.</returns>
    /// <exception cref="ArgumentException">There is no such key.</exception>
    public string Rotate(string name)
    {
        Span<byte> random = stackalloc byte[VersionBytes];
        _entropy.Fill(random);
        lock (_gate)
        {
            var versions = VersionsOf(name);
            versions.Add(VaultKeyVersion.Create(DirectoryOf(name), versions.Count + 1, Convert.ToHexStringLower(random), _clock.GetUtcNow()));
            return versions[^1].Version;
        }
    }

    /// <param name="version">Null for the newest.</param>
    /// <exception cref="ArgumentException">There is no such key or version.</exception>
    public void SetEnabled(string name, bool enabled, string? version = null) =>
        (Find(name, version) ?? throw new ArgumentException($"The key '{name}' has no version '{version}'.", nameof(version))).Enabled = enabled;

    public void Dispose()
    {
        foreach (var version in _keys.Values.SelectMany(versions => versions))
        {
            version.Dispose();
        }
    }

    /// <summary>Oldest first; null when there is no such key.</summary>
    internal IReadOnlyList<VaultKeyVersion>? Versions(string name)
    {
        lock (_gate)
        {
            return _keys.TryGetValue(name, out var versions) ? [.. versions] : null;
        }
    }

    /// <param name="version">Null for the newest.</param>
    internal VaultKeyVersion? Find(string name, string? version) =>
        Versions(name) is not { } versions ? null : version is null ? versions[^1] : versions.FirstOrDefault(one => one.Version == version);

    private List<VaultKeyVersion> VersionsOf(string name) => _keys.TryGetValue(name, out var versions)
        ? versions
        : throw new ArgumentException($"There is no key '{name}'; there are {string.Join(", ", _keys.Keys)}.", nameof(name));

    private string DirectoryOf(string name) => Path.Combine(_options.DataDirectory, "keys", "vault", name.ToLowerInvariant());
}
