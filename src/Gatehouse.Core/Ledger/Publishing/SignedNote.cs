using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Gatehouse.Core.Attestations;

namespace Gatehouse.Core.Ledger.Publishing;

/// <summary>
/// A checkpoint's body, a blank line, and <c>— origin base64(key ID ‖ signature)</c>. For ECDSA the key ID is the first four bytes of
/// SHA-256 over the key's SubjectPublicKeyInfo, and the signature is DER. Source: C2SP signed-note, signature type 0x02.
/// </summary>
/// <param name="Signature">IEEE P1363, as everywhere else here.</param>
internal sealed record SignedNote(CheckpointBody Body, byte[] KeyId, byte[] Signature)
{
    private const int KeyIdLength = 4;
    private const int HalfLength = 32;
    private const string Dash = "\u2014 ";

    public static byte[] KeyIdOf(ReadOnlySpan<byte> publicKey) => SHA256.HashData(publicKey)[..KeyIdLength];

    /// <summary>Whether the key may have signed it; a key ID is a hint.</summary>
    public bool MayBeOf(ReadOnlySpan<byte> publicKey) => KeyId.AsSpan().SequenceEqual(KeyIdOf(publicKey));

    public override string ToString() => $"{Body}\n{Dash}{Body.Origin} {Convert.ToBase64String([.. KeyId, .. EcdsaDer.FromP1363(Signature)])}\n";

    /// <summary>A note with one signature of ours, which others may follow: cosigners add theirs at the end.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SignedNote? note)
    {
        note = null;
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0 || !text.EndsWith('\n') || !CheckpointBody.TryParse(text[..(end + 1)], out var body))
        {
            return false;
        }

        var line = text[(end + 2)..].Split('\n').FirstOrDefault(one => one.StartsWith($"{Dash}{body.Origin} ", StringComparison.Ordinal));
        if (line is null || !TryDecode(line[(Dash.Length + body.Origin.Length + 1)..], out var decoded) || decoded.Length <= KeyIdLength || FromDer(decoded.AsMemory(KeyIdLength)) is not { } signature)
        {
            return false;
        }

        note = new SignedNote(body, decoded[..KeyIdLength], signature);
        return true;
    }

    private static bool TryDecode(string base64, out byte[] bytes)
    {
        bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var written))
        {
            return false;
        }

        bytes = bytes[..written];
        return true;
    }

    /// <summary>Null unless it is two numbers of a P-256 signature and nothing more.</summary>
    private static byte[]? FromDer(ReadOnlyMemory<byte> der)
    {
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var halves = new byte[2 * HalfLength];
            var fits = TryWrite(sequence.ReadInteger(), halves.AsSpan(0, HalfLength)) && TryWrite(sequence.ReadInteger(), halves.AsSpan(HalfLength));
            sequence.ThrowIfNotEmpty();
            return fits ? halves : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static bool TryWrite(BigInteger value, Span<byte> half)
    {
        if (value.Sign < 0 || value.GetByteCount(isUnsigned: true) is var length && length > HalfLength)
        {
            return false;
        }

        return value.TryWriteBytes(half[(HalfLength - value.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
    }
}
