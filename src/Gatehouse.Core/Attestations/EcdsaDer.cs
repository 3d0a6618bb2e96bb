using System.Formats.Asn1;

namespace Gatehouse.Core.Attestations;

/// <summary>The signer gives r‖s (IEEE P1363); sigstore and openssl want them as <c>SEQUENCE { INTEGER r, INTEGER s }</c>. Source: RFC 3279 section 2.2.3.</summary>
internal static class EcdsaDer
{
    private const int FieldBytes = 32;

    /// <exception cref="InvalidDataException">It is no P-256 signature.</exception>
    public static byte[] FromP1363(ReadOnlySpan<byte> signature)
    {
        if (signature.Length != 2 * FieldBytes)
        {
            throw new InvalidDataException($"The signer gave {signature.Length} bytes; a P-256 signature has {2 * FieldBytes}.");
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(Trim(signature[..FieldBytes]));
            writer.WriteIntegerUnsigned(Trim(signature[FieldBytes..]));
        }

        return writer.Encode();
    }

    /// <summary>DER integers have no leading zeros of their own.</summary>
    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> number)
    {
        var rest = number.TrimStart((byte)0);
        return rest.IsEmpty ? number[..1] : rest;
    }
}
