using System.Security.Cryptography;
using Gatehouse.Core.Records.Files;
using Gatehouse.Core.Time;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Ledger.Signing;

/// <summary>Signs with a P-256 key in a PEM file (PKCS #8), made at first use and readable by its owner only.</summary>
internal sealed class LocalKeySigner(string path, IdSource ids, ILogger<LocalKeySigner> logger) : ICheckpointSigner, IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string _path = Path.GetFullPath(path);
    private ECDsa? _key;

    public Task<string> GetKeyIdAsync(CancellationToken cancellationToken) =>
        WithKeyAsync(key => KeyIdOf(key.ExportSubjectPublicKeyInfo()), cancellationToken);

    public Task<byte[]> GetPublicKeyAsync(CancellationToken cancellationToken) => WithKeyAsync(key => key.ExportSubjectPublicKeyInfo(), cancellationToken);

    public Task<KeySignature> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => WithKeyAsync(
        key =>
        {
            var publicKey = key.ExportSubjectPublicKeyInfo();
            return new KeySignature(key.SignData(data.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation), KeyIdOf(publicKey), publicKey);
        },
        cancellationToken);

    public void Dispose()
    {
        _key?.Dispose();
        _gate.Dispose();
    }

    private static string KeyIdOf(byte[] publicKey) => "local:" + Convert.ToHexStringLower(SHA256.HashData(publicKey))[..16];

    /// <summary>One at a time: key objects do not promise to be usable from two threads.</summary>
    private async Task<T> WithKeyAsync<T>(Func<ECDsa, T> use, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return use(_key ??= await LoadAsync(cancellationToken));
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<ECDsa> LoadAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(_path))
        {
            await CreateAsync(cancellationToken);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(_path) & ~OwnerOnly & ~UnixFileMode.UserExecute) != UnixFileMode.None)
        {
            Log.KeyReadableByOthers(logger, _path);
        }

        return Import(await File.ReadAllTextAsync(_path, cancellationToken));
    }

    private ECDsa Import(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.ExportParameters(includePrivateParameters: true).Curve.Oid.Value == P256)
            {
                return key;
            }
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new InvalidDataException($"The key file '{_path}' holds no P-256 private key in PEM form.", exception);
        }

        key.Dispose();
        throw new InvalidDataException($"The key in '{_path}' is not on the curve P-256.");
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        try
        {
            var pem = System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n");
            await DurableFiles.CreateAsync($"{_path}.{ids.Next()}.tmp", _path, pem, OwnerOnly, cancellationToken);
            Log.KeyCreated(logger, _path);
        }
        catch (IOException) when (File.Exists(_path))
        {
            // Another process made the key at the same moment; its key is the one.
        }
    }
}
