using System.Security.Cryptography;
using System.Text;
using Gatehouse.Core.Ledger.Publishing;
using Gatehouse.Core.Ledger.Verification;
using Xunit;

namespace Gatehouse.Core.Tests.Ledger.Publishing;

public sealed class SignedNoteTests : IDisposable
{
    private const string Body = "gatehouse\n70\n5+fKz0pIRS2jC5oNaGnZbr8dVeqyGlKVKRWAg8jZ7QY=\ntime 2026-03-01T12:00:00.0000000Z\n";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

    public void Dispose() => _key.Dispose();

    /// <summary>Written here by the specification alone. Source: C2SP signed-note.</summary>
    [Fact]
    public void Note_ByTheSpecification_IsReadAndWrittenTheSame()
    {
        // Numbers with leading zeros and with the high bit set take different lengths in DER; many signatures meet all cases.
        for (var i = 0; i < 300; i++)
        {
            var der = _key.SignData(Encoding.UTF8.GetBytes(Body), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            var text = $"{Body}\n\u2014 gatehouse {Convert.ToBase64String([.. SHA256.HashData(PublicKey)[..4], .. der])}\n";

            Assert.True(SignedNote.TryParse(text, out var note));
            Assert.Equal(text, note.ToString());
            Assert.Equal(64, note.Signature.Length);
            Assert.Equal(70, LedgerVerifier.VerifyNote(text, [PublicKey]).Value.Size);
        }
    }

    [Fact]
    public void Note_WithCosignatures_IsReadByOurLine()
    {
        var ours = Note();
        var cosigned = ours + "\u2014 witness.example/w Zm9yIG90aGVycyB0byBjaGVjaw==\n";

        Assert.True(LedgerVerifier.VerifyNote(cosigned, [PublicKey]).IsOk);
    }

    [Fact]
    public void Verify_RotatedKeys_TakesAnyThatIsTrusted()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.True(LedgerVerifier.VerifyNote(Note(), [other.ExportSubjectPublicKeyInfo(), PublicKey]).IsOk);
        Assert.Equal("ledger-key-untrusted", LedgerVerifier.VerifyNote(Note(), [other.ExportSubjectPublicKeyInfo()]).Error.Code);
        Assert.True(LedgerVerifier.VerifyNote(Note(), []).IsOk);
    }

    [Fact]
    public void Verify_OtherBodyUnderTheSignature_IsRefused() => Assert.Equal(
        "ledger-signature-wrong",
        LedgerVerifier.VerifyNote(Note().Replace("\n70\n", "\n71\n", StringComparison.Ordinal), [PublicKey]).Error.Code);

    [Theory]
    [InlineData("")]
    [InlineData(Body)]
    [InlineData(Body + "\n")]
    [InlineData(Body + "\n\u2014 gatehouse AAAA\n")]
    [InlineData(Body + "\n\u2014 gatehouse not-base64\n")]
    [InlineData(Body + "\n\u2014 gatehouse AAAAADAGAgEBAgEB")]
    [InlineData(Body + "\n\u2014 another AAAAADAGAgEBAgEB\n")]
    [InlineData(Body + "\n- gatehouse AAAAADAGAgEBAgEB\n")]
    [InlineData(Body + "\n\u2014 gatehouse AAAAADAGAgEBAgEBAA==\n")]
    [InlineData(Body + "\n\u2014 gatehouse AAAAADAGAgH/AgEB\n")]
    [InlineData("gatehouse\n070\n5+fKz0pIRS2jC5oNaGnZbr8dVeqyGlKVKRWAg8jZ7QY=\ntime 2026-03-01T12:00:00.0000000Z\n\n\u2014 gatehouse AAAAADAGAgEBAgEB\n")]
    public void Verify_NoNote_IsMalformed(string text) => Assert.Equal("ledger-note-malformed", LedgerVerifier.VerifyNote(text, []).Error.Code);

    [Fact]
    public void Note_SmallNumbers_AreRead() =>
        Assert.True(SignedNote.TryParse(Body + "\n\u2014 gatehouse AAAAADAGAgEBAgEB\n", out _));

    private string Note()
    {
        Assert.True(Core.Ledger.CheckpointBody.TryParse(Body, out var body));
        return new SignedNote(body, SignedNote.KeyIdOf(PublicKey), _key.SignData(Encoding.UTF8.GetBytes(Body), HashAlgorithmName.SHA256)).ToString();
    }
}
