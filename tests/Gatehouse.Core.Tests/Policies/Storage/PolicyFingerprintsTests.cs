using System.Security.Cryptography;
using System.Text;
using Gatehouse.Core.Policies.Storage;
using Gatehouse.Core.Scopes;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Storage;

public class PolicyFingerprintsTests
{
    private const string Allow = "sources: { allow: [docker.io/**] }";

    private readonly PolicyStoreFixture _policies = new();

    private PolicyFingerprints Fingerprints => new(_policies.Records);

    [Fact]
    public async Task Of_Versions_IsOverTheirDocumentsAndOutlivesThem()
    {
        await _policies.ApplyAsync("contoso", Allow);
        await _policies.ApplyAsync("contoso/payments", Allow);
        var lines = $"contoso@1 {Sha256("contoso", Allow)}\ncontoso/payments@1 {Sha256("contoso/payments", Allow)}\n";
        await _policies.ApplyAsync("contoso", Allow + "\n# changed");

        var digest = await Fingerprints.OfAsync("contoso@1 contoso/payments@1", CancellationToken.None);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines))), digest!.Value.Hex);
    }

    [Theory]
    [InlineData("")]
    [InlineData("contoso")]
    [InlineData("contoso@7")]
    [InlineData("contoso@one")]
    [InlineData("@1")]
    public async Task Of_WhatIsNotKept_IsUnknown(string version) => Assert.Null(await Fingerprints.OfAsync(version, CancellationToken.None));

    private static string Sha256(string scope, string rules) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Texts.Document(Scope.Parse(scope).Value, rules))));
}
