using System.Net.Http.Headers;
using System.Text;

namespace Gatehouse.Benchmarks.Azure.Adapters;

/// <summary>The floor: sends and reads, and nothing else.</summary>
internal static class BareClient
{
    /// <param name="trusted">The one certificate that servers may show; null where there is no TLS.</param>
    public static HttpClient Create(LoopbackCertificate? trusted = null)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null };
        if (trusted is not null)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) => trusted.Is(presented);
        }

        return new HttpClient(handler);
    }

    public static Call Get(string name, HttpClient client, Uri uri) => new(name, async token => _ = await client.GetByteArrayAsync(uri, token));

    /// <param name="type">Of the body; null to leave it unsaid.</param>
    public static Call Post(string name, HttpClient client, Uri uri, string body, string? type)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        return new Call(name, async token =>
        {
            using var response = await client.PostAsync(uri, content, token);
            response.EnsureSuccessStatusCode();
        });
    }
}
