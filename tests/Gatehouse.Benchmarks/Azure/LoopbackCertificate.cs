using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.TestKit.Files;

namespace Gatehouse.Benchmarks.Azure;

/// <summary>A self-signed certificate for 127.0.0.1, and the file that options name to have it trusted.</summary>
internal sealed class LoopbackCertificate : IDisposable
{
    private readonly TempDirectory _directory = new();

    public LoopbackCertificate()
    {
        Value = Create();
        File.WriteAllText(PemPath, Value.ExportCertificatePem());
    }

    public X509Certificate2 Value { get; }

    public string PemPath => _directory["certificate.pem"];

    public bool Is(X509Certificate? presented) => presented is not null && presented.GetRawCertData().AsSpan().SequenceEqual(Value.RawDataMemory.Span);

    public void Dispose()
    {
        Value.Dispose();
        _directory.Dispose();
    }

    private static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Gatehouse benchmarks", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());

        // Fixed dates: it lives as long as this process, and need not know today's.
        return request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2049, 12, 31, 0, 0, 0, TimeSpan.Zero));
    }
}
