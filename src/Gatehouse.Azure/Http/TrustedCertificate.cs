using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Azure.Http;

/// <summary>One certificate that servers on loopback may have, or be issued by, though the system does not trust it.</summary>
internal sealed class TrustedCertificate(X509Certificate2 certificate)
{
    /// <summary>Null unless the file holds exactly one certificate.</summary>
    public static TrustedCertificate? TryLoad(string path)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(path);
            return found.Count == 1 ? new TrustedCertificate(found[0]) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <param name="host">Whom the connection is to.</param>
    public bool Accepts(string host, X509Certificate? presented, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || presented is null || !Loopback.IsHost(host))
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var server = X509CertificateLoader.LoadCertificate(presented.GetRawCertData());
        return chain.Build(server);
    }
}
