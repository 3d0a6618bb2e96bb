using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Azure.Checkpoints;
using Gatehouse.Azure.Tests.Emulation;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.Core.Ledger.Publishing;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Azure.Tests.Checkpoints;

/// <summary>The way in Azure: https, and tokens that a real managed-identity credential gets from the emulator's identity endpoint.</summary>
public sealed class EntraCheckpointTests(EmulatorFixture emulator)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "https://storage.azure.com")]
    [InlineData("https://storage.example/.default", "https://storage.example")]
    public async Task Publish_OverHttps_CarriesATokenForTheScopesAudience_AlsoAfterOneEnded(string? scope, string audience)
    {
        using var certificate = TestCertificates.Create();
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["blobs.pem"], certificate.ExportCertificatePem(), Cancellation);
        ScriptStep created = new("PUT", "*") { Status = 201, Headers = [("ETag", "\"1\""), ("Last-Modified", "Sun, 01 Mar 2026 12:00:00 GMT")] };
        await using var server = await ScriptedServer.StartAsync(certificate, created with { Times = 2 }, ScriptStep.Reply("PUT", "*", 401, ("x-ms-error-code", "InvalidAuthenticationInfo")) with { Times = 1 }, created);
        await using var provider = Connect(new Dictionary<string, string?>
        {
            ["Gatehouse:Azure:ArmEndpoint"] = emulator.Host.ArmEndpoint.GetLeftPart(UriPartial.Authority),
            ["Gatehouse:Azure:TrustedCertificatePath"] = directory["blobs.pem"],
            ["Gatehouse:Azure:ManagedIdentityClientId"] = new Guid(RandomNumberGenerator.GetBytes(16)).ToString(),

            // Below an address in figures the client takes the first segment for the account.
            ["Gatehouse:Azure:Checkpoints:ContainerUri"] = new UriBuilder(server.BaseUri) { Host = "localhost", Path = "/checkpoints" }.Uri.ToString(),
            ["Gatehouse:Azure:Checkpoints:Scope"] = scope,
        });
        var publisher = provider.GetRequiredService<ICheckpointPublisher>();

        // Key and note; then a note whose token has ended.
        Assert.IsType<PublicationOutcome.Published>(await publisher.PublishAsync(CheckpointRig.Checkpoint(7), Cancellation));
        Assert.IsType<PublicationOutcome.Published>(await publisher.PublishAsync(CheckpointRig.Checkpoint(8), Cancellation));

        Assert.Equal(4, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.Equal(audience, AudienceOf(request.Authorization!)));
        Assert.All(server.Requests, request => Assert.StartsWith("/checkpoints/gatehouse/", request.Path, StringComparison.Ordinal));
        Assert.Equal(server.Requests[0].Authorization, server.Requests[2].Authorization);
        Assert.NotEqual(server.Requests[2].Authorization, server.Requests[3].Authorization);
    }

    private static ServiceProvider Connect(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddCheckpointContainer(configuration).BuildServiceProvider();
    }

    private static string? AudienceOf(string authorization)
    {
        Assert.StartsWith("Bearer ", authorization, StringComparison.Ordinal);
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(authorization["Bearer ".Length..].Split('.')[1]));
        return claims.RootElement.GetProperty("aud").GetString();
    }
}
