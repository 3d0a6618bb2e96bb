using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Emulator.Storage;

namespace Gatehouse.Emulator.Hosting;

/// <summary>The self-signed certificate of the ARM endpoint, kept as PEM so that other processes can trust exactly it.</summary>
internal static class Certificates
{
    // Fixed dates: the emulator's clock may stand anywhere, the clients' is today's.
    private static readonly DateTimeOffset NotBefore = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset NotAfter = new(2049, 12, 31, 0, 0, 0, TimeSpan.Zero);

    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "certificate.pem");

    public static X509Certificate2 LoadOrCreate(string dataDirectory)
    {
        var (certificate, key) = (PathIn(dataDirectory), Path.Combine(dataDirectory, "keys", "certificate.key"));
        if (!File.Exists(certificate) || !File.Exists(key))
        {
            Create(certificate, key);
        }

        return X509Certificate2.CreateFromPemFile(certificate, key);
    }

    private static void Create(string certificatePath, string keyPath)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Gatehouse emulator", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using var certificate = request.CreateSelfSigned(NotBefore, NotAfter);
        Directory.CreateDirectory(Path.GetDirectoryName(keyPath)!);
        AtomicFile.Write(keyPath, System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()), secret: true);
        AtomicFile.Write(certificatePath, System.Text.Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()));
    }
}
