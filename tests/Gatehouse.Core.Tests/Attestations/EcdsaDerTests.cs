using System.Security.Cryptography;
using Gatehouse.Core.Attestations;
using Xunit;

namespace Gatehouse.Core.Tests.Attestations;

public class EcdsaDerTests
{
    /// <summary>Written out by hand from X.690: the high bit wants a zero before it, leading zeros go.</summary>
    [Theory]
    [InlineData("01", "02", "3006020101020102")]
    [InlineData("80", "7f", "300702020080" + "02017f")]
    [InlineData("00", "0100", "3007020100" + "02020100")]
    public void FromP1363_Numbers_AreMinimalIntegers(string r, string s, string expected)
    {
        var signature = Convert.FromHexString(r.PadLeft(64, '0') + s.PadLeft(64, '0'));

        Assert.Equal(expected, Convert.ToHexStringLower(EcdsaDer.FromP1363(signature)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(96)]
    public void FromP1363_OtherLength_IsNoSignature(int length) => Assert.Throws<InvalidDataException>(() => EcdsaDer.FromP1363(new byte[length]));

    [Fact]
    public void FromP1363_ManySignatures_VerifyAsDer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        for (var i = 0; i < 300; i++)
        {
            byte[] data = [(byte)i, (byte)(i >> 8)];
            var der = EcdsaDer.FromP1363(key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
            Assert.True(key.VerifyData(data, der, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }
    }
}
