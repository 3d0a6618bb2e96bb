using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Core.Pipeline;
using Gatehouse.Azure.KeyVault;
using Gatehouse.Azure.Options;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;
using static Microsoft.Extensions.Options.Options;

namespace Gatehouse.Azure.Tests.KeyVault;

/// <summary>A scripted vault with real keys, and the signer that talks to it.</summary>
internal sealed class KeyVaultRig : IAsyncDisposable
{
    public const string Vault = "https://contoso.vault.azure.net";
    public const string KeyPath = "/keys/ledger";

    private readonly List<ECDsa> _keys = [];

    private KeyVaultRig(ScriptedServer server, string keyId, StubCredential credential, int retries)
    {
        (Server, Credential) = (server, credential);
        var azure = new AzureOptions { MaxRetries = retries, RetryDelay = TimeSpan.FromMilliseconds(1), MaxRetryDelay = TimeSpan.FromMilliseconds(2) };
        var options = Create(new KeyVaultOptions { KeyId = keyId, Scope = "https://vault.azure.net/.default" });
        var client = new KeyVaultClient(Create(azure), options, credential, new HttpClientTransport(new RewritingHandler(server.BaseUri)), Clock, NullLogger<KeyVaultClient>.Instance);
        Signer = new KeyVaultSigner(client, options, Clock, NullLogger<KeyVaultSigner>.Instance);
    }

    public ScriptedServer Server { get; }

    public StubCredential Credential { get; }

    public ManualTimeProvider Clock { get; } = new();

    public KeyVaultSigner Signer { get; }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<KeyVaultRig> StartAsync(string keyId = Vault + KeyPath, StubCredential? credential = null, int retries = 1) =>
        new(await ScriptedServer.StartAsync(), keyId, credential ?? new StubCredential(), retries);

    /// <summary>A key's description as the reference has it, on a new key.</summary>
    public (ECDsa Key, string Json) NewKey(string version, string kty = "EC", string attributes = "\"enabled\":true,\"created\":1493942451,\"recoveryLevel\":\"Recoverable+Purgeable\"", string vault = Vault)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _keys.Add(key);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return (key, $$"""
            {"key":{"kid":"{{vault}}{{KeyPath}}/{{version}}","kty":"{{kty}}","key_ops":["sign","verify"],"crv":"P-256",
             "x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"},"attributes":{ {{attributes}} } }
            """);
    }

    /// <summary>Signs what a request asks for.</summary>
    public static ScriptStep Signing(ECDsa key, string version) => new("POST", $"{KeyPath}/{version}/sign")
    {
        Answer = request => Json("POST", "*", 200, $$"""{"kid":"{{Vault}}{{KeyPath}}/{{version}}","value":"{{Base64Url.EncodeToString(key.SignHash(Digest(request)))}}"}"""),
    };

    public static byte[] Digest(RecordedRequest request)
    {
        using var body = JsonDocument.Parse(request.Body);
        Assert.Equal("ES256", body.RootElement.GetProperty("alg").GetString());
        var value = body.RootElement.GetProperty("value").GetString()!;
        Assert.DoesNotContain('=', value);
        return Base64Url.DecodeFromChars(value);
    }

    public static ScriptStep Json(string method, string path, int status, string body, params (string Name, string Value)[] headers) =>
        new(method, path) { Status = status, Body = Encoding.UTF8.GetBytes(body), Headers = [("Content-Type", "application/json"), .. headers] };

    public async ValueTask DisposeAsync()
    {
        Signer.Dispose();
        _keys.ForEach(key => key.Dispose());
        await Server.DisposeAsync();
    }
}
