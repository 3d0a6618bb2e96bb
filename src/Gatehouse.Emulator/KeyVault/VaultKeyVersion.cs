using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Emulator.Storage;

namespace Gatehouse.Emulator.KeyVault;

/// <summary>One version of one key, in a file of its own that only the owner reads: <c>&lt;number&gt;-&lt;version&gt;-&lt;created&gt;.pem</c>.</summary>
internal sealed class VaultKeyVersion : IDisposable
{
    private readonly ECDsa _key;

    private VaultKeyVersion(int number, string version, DateTimeOffset created, ECDsa key) => (Number, Version, Created, _key) = (number, version, created, key);

    /// <summary>From 1; the highest is the current one.</summary>
    public int Number { get; }

    /// <summary>32 hexadecimal digits.</summary>
    public string Version { get; }

    public DateTimeOffset Created { get; }

    public bool Enabled { get; set; } = true;

    public ECParameters PublicKey => _key.ExportParameters(includePrivateParameters: false);

    public static VaultKeyVersion Create(string directory, int number, string version, DateTimeOffset created)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Directory.CreateDirectory(directory);
        var name = string.Create(CultureInfo.InvariantCulture, $"{number:D6}-{version}-{created.ToUnixTimeSeconds()}.pem");
        AtomicFile.Write(Path.Combine(directory, name), Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()), secret: true);
        return new VaultKeyVersion(number, version, created, key);
    }

    public static VaultKeyVersion Load(string path)
    {
        var parts = Path.GetFileNameWithoutExtension(path).Split('-');
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(path));
        var created = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[2], CultureInfo.InvariantCulture));
        return new VaultKeyVersion(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], created, key);
    }

    /// <summary>ES256: r‖s, 64 bytes.</summary>
    public byte[] Sign(ReadOnlySpan<byte> digest)
    {
        lock (_key)
        {
            return _key.SignHash(digest, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    public void Dispose() => _key.Dispose();
}
