using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Gatehouse.Core.Attestations;
using Gatehouse.Core.Ledger;
using Gatehouse.TestKit.Files;
using Xunit;

namespace Gatehouse.Core.Tests.Attestations;

public class AttestationOptionsTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("https://gatehouse.contoso.com/verifier", true)]
    [InlineData("urn:contoso:gatehouse", true)]
    [InlineData("", false)]
    [InlineData("gatehouse", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("https://gatehouse.contoso.com/a b", false)]
    public void Validate_VerifierId_IsAnAbsoluteUri(string? id, bool passes)
    {
        var result = new AttestationOptionsValidator().Validate(null, new AttestationOptions { VerifierId = id });

        Assert.Equal(passes, result.Succeeded);
        Assert.True(passes || result.FailureMessage!.StartsWith($"Gatehouse:Attestations:VerifierId is '{id}'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gatehouse", "urn:gatehouse:gatehouse")]
    [InlineData("ledger.contoso.com/prod", "urn:gatehouse:ledger.contoso.com%2Fprod")]
    public void VerifierOf_NoId_ComesFromTheLedgersOrigin(string origin, string expected) =>
        Assert.Equal(expected, new AttestationOptions().VerifierOf(new LedgerOptions { Origin = origin }));

    /// <summary>The hint of a bundle made elsewhere is that of its key, and so is ours.</summary>
    [Fact]
    public void Bundle_Hint_IsWhatOtherToolsWrite()
    {
        var folder = Vectors.Find(Path.Combine("sigstore", "managed-key-and-trusted-root"));
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(folder, "key.pub")));
        var theirs = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "bundle.sigstore.json")))!;

        var ours = JsonNode.Parse(SigstoreBundle.Write("{}"u8.ToArray(), [1], key.ExportSubjectPublicKeyInfo()))!;

        Assert.Equal((string?)theirs["mediaType"], (string?)ours["mediaType"]);
        Assert.Equal((string?)theirs["verificationMaterial"]!["publicKey"]!["hint"], (string?)ours["verificationMaterial"]!["publicKey"]!["hint"]);
    }
}
