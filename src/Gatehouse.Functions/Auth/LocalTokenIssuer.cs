using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Core.Time;

namespace Gatehouse.Functions.Auth;

/// <summary>Who a local token is for.</summary>
/// <param name="Roles">Role names, see <see cref="Roles"/>.</param>
/// <param name="Scopes">Limits the roles that can be limited to these scopes; empty for everywhere.</param>
public sealed record LocalIdentity(string Subject, string Name, IReadOnlyList<string> Roles, IReadOnlyList<string>? Scopes = null);

/// <summary>Issues ES256 tokens from a key file, for one machine only: <c>Gatehouse:Auth:LocalIssuer</c>.</summary>
public sealed class LocalTokenIssuer : IDisposable
{
    private readonly ECDsa _key;
    private readonly string _keyId;
    private readonly string _issuer;
    private readonly string _audience;
    private readonly TimeProvider _clock;
    private readonly IdSource _ids;

    private LocalTokenIssuer(ECDsa key, string issuer, string audience, TimeProvider clock, IdSource ids)
    {
        (_key, _issuer, _audience, _clock, _ids) = (key, issuer, audience, clock, ids);
        _keyId = LocalKeyFile.IdOf(key);
    }

    /// <summary>Opens the key file, creating it (readable by its owner only) when it is not there.</summary>
    /// <param name="issuer">Null for what the app expects when <c>Gatehouse:Auth:Issuer</c> is not set; likewise the audience.</param>
    public static LocalTokenIssuer Open(string keyPath, TimeProvider clock, IdSource ids, string? issuer = null, string? audience = null) =>
        new(LocalKeyFile.OpenOrCreate(keyPath), issuer ?? AuthOptions.DefaultLocalIssuer, audience ?? AuthOptions.DefaultLocalAudience, clock, ids);

    public string Issue(LocalIdentity identity, TimeSpan lifetime)
    {
        ArgumentNullException.ThrowIfNull(identity);
        var header = Encode(writer =>
        {
            writer.WriteString("alg", "ES256");
            writer.WriteString("typ", "JWT");
            writer.WriteString("kid", _keyId);
        });
        var signed = $"{header}.{Encode(writer => WriteClaims(writer, identity, lifetime))}";
        var signature = _key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public void Dispose() => _key.Dispose();

    private void WriteClaims(Utf8JsonWriter writer, LocalIdentity identity, TimeSpan lifetime)
    {
        var now = _clock.GetUtcNow();
        writer.WriteString("iss", _issuer);
        writer.WriteString("aud", _audience);
        writer.WriteString("sub", identity.Subject);
        writer.WriteString("preferred_username", identity.Name);
        writer.WriteNumber("iat", now.ToUnixTimeSeconds());
        writer.WriteNumber("nbf", now.ToUnixTimeSeconds());
        writer.WriteNumber("exp", (now + lifetime).ToUnixTimeSeconds());
        writer.WriteString("jti", _ids.Next());
        writer.WriteStartArray("roles");
        foreach (var role in identity.Roles.SelectMany(role => Roles.Limit(role, identity.Scopes ?? [])))
        {
            writer.WriteStringValue(role);
        }

        writer.WriteEndArray();
    }

    private static string Encode(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.ToArray());
    }
}
