using System.Security.Cryptography;

namespace Gatehouse.Functions.Auth;

/// <summary>A public key of the issuer, good for one algorithm.</summary>
internal abstract class VerificationKey(string id, string algorithm)
{
    public string Id { get; } = id;

    /// <summary><c>RS256</c> or <c>ES256</c>. Source: RFC 7518 section 3.1.</summary>
    public string Algorithm { get; } = algorithm;

    public abstract bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}

internal sealed class RsaVerificationKey(string id, RSAParameters parameters) : VerificationKey(id, "RS256")
{
    /// <summary>Bits. Source: RFC 7518 section 3.3.</summary>
    public const int MinBits = 2048;

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var rsa = RSA.Create(parameters);
        return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}

internal sealed class EcVerificationKey(string id, ECParameters parameters) : VerificationKey(id, "ES256")
{
    /// <summary>Bytes of r and s together. Source: RFC 7518 section 3.4; DER is not taken.</summary>
    public const int SignatureBytes = 64;

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes)
        {
            return false;
        }

        using var ec = ECDsa.Create(parameters);
        return ec.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
