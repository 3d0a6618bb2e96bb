using System.Net.Security;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Options;

namespace Gatehouse.Azure.Http;

internal static class AzureTransport
{
    /// <summary>The sockets below Azure's pipelines: no redirects, no cookies, and on loopback one more trusted certificate if the options name one.</summary>
    public static HttpPipelineTransport Create(AzureOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (options.TrustedCertificatePath is { } path)
        {
            var trusted = TrustedCertificate.TryLoad(path) ?? throw new InvalidOperationException($"{AzureOptions.Section}:TrustedCertificatePath: '{path}' cannot be read any more.");
            handler.SslOptions.RemoteCertificateValidationCallback = (sender, certificate, _, errors) =>
                trusted.Accepts(((SslStream)sender).TargetHostName, certificate, errors);
        }

        // Time limits are the pipeline's.
        return new HttpClientTransport(new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan });
    }
}
