using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Auth;

/// <summary>Keys from the issuer's OpenID configuration. Source: OpenID Connect Discovery 1.0 section 4.</summary>
/// <remarks>Read on the first token; again after <see cref="Lifetime"/>, or for an unknown key id, but never more often than <see cref="MinInterval"/>.</remarks>
internal sealed class MetadataKeys(HttpClient http, IOptions<AuthOptions> options, TimeProvider clock, ILogger<MetadataKeys> log) : IIssuerKeys, IDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>Bounds what tokens with made-up key ids can make us ask of the issuer.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Snapshot? _snapshot;
    private DateTimeOffset _lastTry = DateTimeOffset.MinValue;

    public async ValueTask<VerificationKey?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (_snapshot is { } fresh && clock.GetUtcNow() < fresh.ReadAt + Lifetime && fresh.Keys.TryGetValue(id, out var known))
        {
            return known;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            await RefreshAsync(id);
        }
        finally
        {
            _gate.Release();
        }

        return (_snapshot ?? throw new IssuerUnavailableException("The token issuer's keys cannot be read.")).Keys.GetValueOrDefault(id);
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>Old keys stay in use while the issuer does not answer: they were good when read.</summary>
    /// <remarks>The read serves everyone, so no single caller's cancellation may end it; the client's timeout does.</remarks>
    private async Task RefreshAsync(string id)
    {
        var now = clock.GetUtcNow();
        var current = _snapshot is { } snapshot && now < snapshot.ReadAt + Lifetime && snapshot.Keys.ContainsKey(id);
        if (current || (_lastTry != DateTimeOffset.MinValue && now - _lastTry < MinInterval))
        {
            return;
        }

        _lastTry = now;
        try
        {
            _snapshot = new Snapshot(await ReadAsync(CancellationToken.None), now);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or IOException or OperationCanceledException)
        {
            log.IssuerKeysUnavailable(options.Value.ExpectedMetadataUrl, exception);
        }
    }

    private async Task<IReadOnlyDictionary<string, VerificationKey>> ReadAsync(CancellationToken cancellationToken)
    {
        var metadata = await http.GetByteArrayAsync(options.Value.ExpectedMetadataUrl, cancellationToken);
        using var document = JsonDocument.Parse(metadata, Jwt.DocumentOptions);
        if (document.RootElement.ValueKind != JsonValueKind.Object || Jwt.Text(document.RootElement, "issuer") != options.Value.ExpectedIssuer)
        {
            throw new JsonException("The OpenID configuration is of another issuer.");
        }

        var location = Jwt.Text(document.RootElement, "jwks_uri");
        return AuthOptionsValidator.IsSecure(location)
            ? JwksReader.Read(await http.GetByteArrayAsync(location, cancellationToken))
            : throw new JsonException("The OpenID configuration's jwks_uri is not an https URL.");
    }

    private sealed record Snapshot(IReadOnlyDictionary<string, VerificationKey> Keys, DateTimeOffset ReadAt);
}
