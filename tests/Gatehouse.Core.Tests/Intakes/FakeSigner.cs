using System.Security.Cryptography;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Core.Tests.Intakes;

/// <summary>A key in memory, which can be away.</summary>
internal sealed class FakeSigner : ICheckpointSigner, IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public int Signatures { get; private set; }

    /// <summary>Thrown in place of signing while it is not null.</summary>
    public Exception? Away { get; set; }

    public byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

    public Task<string> GetKeyIdAsync(CancellationToken cancellationToken) => Task.FromResult("fake");

    public Task<byte[]> GetPublicKeyAsync(CancellationToken cancellationToken) => Task.FromResult(PublicKey);

    public Task<KeySignature> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (Away is not null)
        {
            throw Away;
        }

        Signatures++;
        return Task.FromResult(new KeySignature(_key.SignData(data.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation), "fake", PublicKey));
    }

    public void Dispose() => _key.Dispose();
}
