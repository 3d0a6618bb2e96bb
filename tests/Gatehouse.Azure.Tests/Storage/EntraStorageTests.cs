using System.Security.Cryptography;
using System.Text.Json;
using Azure.Core;
using Gatehouse.Azure.Tests.Emulation;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Records;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Http;
using Microsoft.Extensions.DependencyInjection;
using static Gatehouse.Azure.Tests.Storage.StorageAnswers;

namespace Gatehouse.Azure.Tests.Storage;

/// <summary>The way in Azure: https, and tokens that a real managed-identity credential gets from the identity endpoint.</summary>
public sealed class EntraStorageTests(EmulatorFixture emulator)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "https://storage.azure.com")]
    [InlineData("https://storage.azure.cn/.default", "https://storage.azure.cn")]
    public async Task Calls_OverHttps_CarryATokenForStorageAndNoKey(string? scope, string audience)
    {
        using var certificate = TestCertificates.Create();
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["storage.pem"], certificate.ExportCertificatePem(), Cancellation);
        await using var server = await ScriptedServer.StartAsync(
            certificate,
            ScriptStep.Reply("POST", "/jobs", 204, ("ETag", Etag)),
            ScriptStep.Get("/jobs()", """{"value":[]}"""),
            ScriptStep.Reply("POST", "/intake-work/messages", 201),
            ScriptStep.Get("/intake-work/messages", "<QueueMessagesList/>"));
        await using var provider = StorageRig.Connect(Settings(server, directory["storage.pem"], scope));

        await provider.GetRequiredService<IRecordStore>().CommitAsync(new RecordBatch("jobs", "p").Insert("r", default), Cancellation);
        await provider.GetRequiredService<IRecordStore>().QueryAsync(RecordQuery.Prefix("jobs", "p", "r"), Cancellation).ToListAsync(Cancellation);
        await provider.GetRequiredService<IWorkQueue>().EnqueueAsync("intake-work", "text", TimeSpan.Zero, Cancellation);
        await provider.GetRequiredService<IWorkQueueReceiver>().ReceiveAsync("intake-work", 1, TimeSpan.FromSeconds(30), Cancellation);

        Assert.Empty(server.Unexpected);
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal("https", server.BaseUri.Scheme);
        Assert.All(server.Requests, request =>
        {
            Assert.Equal(audience, AudienceOf(request.Authorization!));
            Assert.Equal("2020-12-06", request.Header("x-ms-version"));
            Assert.True(DateTimeOffset.TryParseExact(request.Header("x-ms-date"), "R", null, default, out _), request.Header("x-ms-date"));
            Assert.True(Guid.TryParse(request.Header("x-ms-client-request-id"), out _));
            Assert.DoesNotContain(request.Headers.Values, value => value.Contains("SharedKey", StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Calls_ServerWithACertificateNobodyTrusts_GetNoToken()
    {
        using var certificate = TestCertificates.Create();
        await using var server = await ScriptedServer.StartAsync(certificate);
        await using var provider = StorageRig.Connect(Settings(server, emulator.Host.CertificatePath, null));

        var fault = await Assert.ThrowsAsync<RecordStoreException>(() => provider.GetRequiredService<IRecordStore>().GetAsync(new RecordKey("jobs", "p", "r"), Cancellation));

        Assert.Contains("unreachable", fault.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    /// <summary>A token that the credential keeps and storage no longer takes. Nothing was done for the refused try, so that even a write may be sent again.</summary>
    [Fact]
    public async Task Calls_TokenRefusedOnce_AreSentAgainWithAFreshOne()
    {
        using var certificate = TestCertificates.Create();
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["storage.pem"], certificate.ExportCertificatePem(), Cancellation);
        await using var server = await ScriptedServer.StartAsync(
            certificate,
            Refuse("POST", "/jobs", 401, "InvalidAuthenticationInfo") with { Times = 1 },
            ScriptStep.Reply("POST", "/jobs", 204, ("ETag", Etag)),
            RefuseXml("POST", "/intake-work/messages", 401, "InvalidAuthenticationInfo") with { Times = 1 },
            ScriptStep.Reply("POST", "/intake-work/messages", 201));
        var credential = new StubCredential();
        await using var provider = StorageRig.Connect(Settings(server, directory["storage.pem"], null), services => services.AddSingleton<TokenCredential>(credential));

        Assert.True((await provider.GetRequiredService<IRecordStore>().CommitAsync(new RecordBatch("jobs", "p").Insert("r", default), Cancellation)).IsCommitted);
        await provider.GetRequiredService<IWorkQueue>().EnqueueAsync("intake-work", "text", TimeSpan.Zero, Cancellation);

        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(2, credential.Asked.Count(request => request.Claims is not null));
    }

    private Dictionary<string, string?> Settings(ScriptedServer server, string certificatePath, string? scope)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Gatehouse:Azure:ArmEndpoint"] = emulator.Host.ArmEndpoint.GetLeftPart(UriPartial.Authority),
            ["Gatehouse:Azure:TrustedCertificatePath"] = certificatePath,
            ["Gatehouse:Azure:ManagedIdentityClientId"] = new Guid(RandomNumberGenerator.GetBytes(16)).ToString(),
            ["Gatehouse:Azure:Storage:TableEndpoint"] = server.BaseUri.ToString(),
            ["Gatehouse:Azure:Storage:QueueEndpoint"] = server.BaseUri.ToString(),
        };
        if (scope is not null)
        {
            settings["Gatehouse:Azure:Storage:Scope"] = scope;
        }

        return settings;
    }

    private static string? AudienceOf(string authorization)
    {
        Assert.StartsWith("Bearer ", authorization, StringComparison.Ordinal);
        var payload = authorization["Bearer ".Length..].Split('.')[1];
        using var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(payload));
        return claims.RootElement.GetProperty("aud").GetString();
    }
}
