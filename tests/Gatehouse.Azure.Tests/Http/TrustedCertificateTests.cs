using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Http;
using Gatehouse.Azure.Options;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Tests.Http;

public class TrustedCertificateTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("localhost", SslPolicyErrors.RemoteCertificateChainErrors, true)]
    [InlineData("127.0.0.1", SslPolicyErrors.RemoteCertificateChainErrors, true)]
    [InlineData("management.azure.com", SslPolicyErrors.RemoteCertificateChainErrors, false)]
    [InlineData("management.azure.com", SslPolicyErrors.None, true)]
    [InlineData("localhost", SslPolicyErrors.RemoteCertificateChainErrors | SslPolicyErrors.RemoteCertificateNameMismatch, false)]
    [InlineData("localhost", SslPolicyErrors.RemoteCertificateNotAvailable, false)]
    public void Accepts_TheCertificateItself_OnLoopbackOnly(string host, SslPolicyErrors errors, bool accepted)
    {
        using var certificate = TestCertificates.Create();

        Assert.Equal(accepted, new TrustedCertificate(certificate).Accepts(host, certificate, errors));
    }

    [Fact]
    public void Accepts_AnotherCertificate_IsRefused()
    {
        using var trusted = TestCertificates.Create();
        using var other = TestCertificates.Create();

        Assert.False(new TrustedCertificate(trusted).Accepts("localhost", other, SslPolicyErrors.RemoteCertificateChainErrors));
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 0)]
    public async Task Transport_OverTls_AnswersOnlyWithTheTrustedCertificate(bool trusted, int status)
    {
        using var directory = new TempDirectory();
        using var serverCertificate = X509CertificateLoader.LoadPkcs12(TestCertificates.Create().Export(X509ContentType.Pkcs12), null);
        using var other = TestCertificates.Create();
        await File.WriteAllTextAsync(directory["trust.pem"], (trusted ? serverCertificate : other).ExportCertificatePem(), Cancel);
        await using var app = await StartAsync(serverCertificate);
        var options = new AzureOptions { TrustedCertificatePath = directory["trust.pem"], MaxRetries = 0 };
        var pipeline = HttpPipelineBuilder.Build(new AzureClientOptions(options, AzureTransport.Create(options), TimeProvider.System));

        var answer = await pipeline.SendAsync(
            request =>
            {
                request.Method = RequestMethod.Get;
                request.Uri.Reset(new Uri(app.Urls.Single()));
            },
            Cancel);

        Assert.Equal(status, answer.Status);
        Assert.Equal(trusted ? null : "unreachable", answer.Fault?.Code);
    }

    private static async Task<WebApplication> StartAsync(X509Certificate2 certificate)
    {
        var builder = TestApp.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        app.Run(context => context.Response.WriteAsync("{}", context.RequestAborted));
        await app.StartAsync(Cancel);
        return app;
    }
}
