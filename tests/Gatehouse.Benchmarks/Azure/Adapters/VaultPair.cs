using System.Buffers.Text;
using System.Security.Cryptography;
using Gatehouse.Azure.KeyVault;
using Gatehouse.Azure.Options;
using Gatehouse.Core.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Benchmarks.Azure.Adapters;

/// <summary>Having one checkpoint signed in Key Vault. The signature is real, made once at the start, because the signer checks it at each call.</summary>
internal static class VaultPair
{
    private const string Version = "4c1d2e3f5a6b7c8d9e0f1a2b3c4d5e6f";
    private const string Headers =
        "x-ms-keyvault-region: westeurope\r\nx-ms-request-id: 5d7c1f0e-8b2a-4e9d-a6c3-9f1e2d3c4b5a\r\nx-ms-keyvault-service-version: 1.9.2150.1\r\n"
        + "Cache-Control: no-cache\r\nStrict-Transport-Security: max-age=31536000;includeSubDomains\r\n";

    private static readonly byte[] Checkpoint = "contoso/gatehouse\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"u8.ToArray();

    public static CallPair Sign()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var digest = SHA256.HashData(Checkpoint);
        var signature = key.SignHash(digest);
        var certificate = new LoopbackCertificate();
        var server = new CannedServer(certificate.Value);
        var id = new VaultKeyId(server.Uri, "checkpoints", Version);
        server
            .With(CannedAnswer.Json($"/keys/checkpoints/{Version}/sign", Headers, $$"""{"kid":"{{id}}","value":"{{Base64Url.EncodeToString(signature)}}"}"""))
            .With(CannedAnswer.Json("/keys/checkpoints", Headers, Describe(id, key.ExportParameters(false).Q)));
        var services = AzureAdapters.Connect(
            AzureAdapters.Registry("contoso.azurecr.io"),
            ($"{AzureOptions.Section}:{nameof(AzureOptions.ArmEndpoint)}", server.Uri.AbsoluteUri),
            ($"{AzureOptions.Section}:{nameof(AzureOptions.TrustedCertificatePath)}", certificate.PemPath),
            ($"{KeyVaultOptions.Section}:{nameof(KeyVaultOptions.KeyId)}", $"{server.Uri}keys/checkpoints"));
        var (signer, client) = (services.GetRequiredService<ICheckpointSigner>(), BareClient.Create(certificate));
        return new CallPair(
            new("a signature of Key Vault", token => signer.SignAsync(Checkpoint, token)),
            BareClient.Post(
                "bare POST of the same digest over TLS",
                client,
                new Uri($"{id}/sign?api-version={KeyVaultOptions.DefaultApiVersion}"),
                $$"""{"alg":"ES256","value":"{{Base64Url.EncodeToString(digest)}}"}""",
                "application/json"),
            Check(new VaultKey(id, key.ExportSubjectPublicKeyInfo()), digest, signature),
            client,
            services,
            server,
            certificate);
    }

    private static Call Check(VaultKey key, byte[] digest, byte[] signature) => new(
        "of a signature of Key Vault, checking it against the public key",
        _ => key.Verifies(digest, signature) ? Task.CompletedTask : throw new InvalidOperationException("The signature is not the key's."));

    private static string Describe(VaultKeyId id, ECPoint point) =>
        $$$"""
        {"key":{"kid":"{{{id}}}","kty":"EC","key_ops":["sign","verify"],"crv":"P-256","x":"{{{Base64Url.EncodeToString(point.X)}}}","y":"{{{Base64Url.EncodeToString(point.Y)}}}"},"attributes":{"enabled":true,"created":1772366400,"updated":1772366400,"recoveryLevel":"Recoverable","recoverableDays":90,"exportable":false}}
        """;
}
