using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Core.Results;

namespace Gatehouse.Core.Images;

/// <summary>A content digest, <c>algorithm:hex</c>. Source: OCI image-spec, descriptor.md#digests. Only the registered algorithms are taken.</summary>
[JsonConverter(typeof(DigestJsonConverter))]
public readonly record struct Digest : IComparable<Digest>
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string? _text;

    private Digest(string text) => _text = text;

    /// <summary><c>sha256</c> or <c>sha512</c>.</summary>
    public string Algorithm => Text[..Text.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>Lower-case hex after the colon.</summary>
    public string Hex => Text[(Text.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>The first 12 hex characters, for people.</summary>
    public string Short => Hex[..12];

    private string Text => _text ?? throw new InvalidOperationException("An empty digest has no text.");

    public static Digest OfBytes(ReadOnlySpan<byte> content) => OfHash(SHA256.HashData(content));

    /// <param name="sha256">The 32 bytes of a finished SHA-256.</param>
    public static Digest OfHash(ReadOnlySpan<byte> sha256) => new("sha256:" + Convert.ToHexStringLower(sha256));

    public static Result<Digest> Parse(string? text) => TryParse(text, out var digest)
        ? digest
        : new Error(ErrorKind.Invalid, "digest-malformed", $"'{text}' is not a digest; write sha256:<64 lower-case hex> or sha512:<128 lower-case hex>.", "digest");

    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        var hexLength = text switch
        {
            null => 0,
            _ when text.StartsWith("sha256:", StringComparison.Ordinal) => 64,
            _ when text.StartsWith("sha512:", StringComparison.Ordinal) => 128,
            _ => 0,
        };
        if (hexLength == 0 || text!.Length != 7 + hexLength || text.AsSpan(7).ContainsAnyExcept(HexDigits))
        {
            return false;
        }

        digest = new Digest(text);
        return true;
    }

    /// <summary>Whether <paramref name="content"/> hashes to this digest.</summary>
    public bool Matches(ReadOnlySpan<byte> content) => Algorithm == "sha512"
        ? Hex == Convert.ToHexStringLower(SHA512.HashData(content))
        : Hex == Convert.ToHexStringLower(SHA256.HashData(content));

    public int CompareTo(Digest other) => string.CompareOrdinal(_text, other._text);

    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;

    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;

    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;

    public override string ToString() => _text ?? string.Empty;
}

public sealed class DigestJsonConverter : JsonConverter<Digest>
{
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Digest.Parse(reader.GetString()).TryGet(out var digest, out var error) ? digest : throw new JsonException(error.Message);

    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
