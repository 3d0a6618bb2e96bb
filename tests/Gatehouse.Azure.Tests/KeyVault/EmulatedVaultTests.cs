using System.Security.Cryptography;
using Gatehouse.Azure.KeyVault;
using Gatehouse.Azure.Tests.Emulation;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Readiness;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gatehouse.Azure.Tests.KeyVault;

/// <summary>The registered services against the emulator's vault: real managed identity, real TLS.</summary>
public sealed class EmulatedVaultTests(EmulatorFixture emulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sign_AcrossARotation_KeepsSignatureKeyAndIdTogether()
    {
        var clock = new ManualTimeProvider();
        await using var services = Build(clock);
        var signer = services.GetRequiredService<ICheckpointSigner>();

        var before = await signer.SignAsync("data"u8.ToArray(), Cancel);
        var version = emulator.Host.Vault.Rotate("gatehouse");
        clock.Advance(TimeSpan.FromMinutes(6));
        var after = await signer.SignAsync("data"u8.ToArray(), Cancel);

        Assert.StartsWith(emulator.Host.Vault.KeyId("gatehouse").ToString(), before.KeyId, StringComparison.Ordinal);
        Assert.EndsWith("/" + version, after.KeyId, StringComparison.Ordinal);
        Assert.NotEqual(before.PublicKey, after.PublicKey);
        Assert.All((KeySignature[])[before, after], Verifies);
    }

    [Fact]
    public async Task FindProblem_DeniedThenGranted_TellsSo()
    {
        var clock = new ManualTimeProvider();
        await using var services = Build(clock);
        var check = Assert.Single(services.GetServices<IReadinessCheck>());
        emulator.Host.Vault.Faults.SignDenied = true;
        try
        {
            Assert.Contains("Key Vault Crypto User", await check.FindProblemAsync(Cancel), StringComparison.Ordinal);
        }
        finally
        {
            emulator.Host.Vault.Faults.SignDenied = false;
        }

        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await check.FindProblemAsync(Cancel));
    }

    private static void Verifies(KeySignature signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(signature.PublicKey, out _);
        Assert.True(key.VerifyData("data"u8, signature.Value, HashAlgorithmName.SHA256));
    }

    private ServiceProvider Build(TimeProvider clock)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Gatehouse:Azure:ArmEndpoint"] = emulator.Host.ArmEndpoint.GetLeftPart(UriPartial.Authority),
            ["Gatehouse:Azure:TrustedCertificatePath"] = emulator.Host.CertificatePath,
            ["Gatehouse:Azure:ManagedIdentityClientId"] = new Guid(RandomNumberGenerator.GetBytes(16)).ToString(),
            ["Gatehouse:Azure:KeyVault:KeyId"] = emulator.Host.Vault.KeyId("gatehouse").ToString(),
        };
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging()
            .AddKeyVaultCheckpointSigner()
            .Replace(ServiceDescriptor.Singleton(clock))
            .BuildServiceProvider(validateScopes: true);
    }
}
