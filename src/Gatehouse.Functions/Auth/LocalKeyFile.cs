using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Functions.Auth;

/// <summary>An ECDSA P-256 key in a PEM file (PKCS #8) only its owner can read.</summary>
internal static class LocalKeyFile
{
    /// <exception cref="IOException">The file is missing, unreadable or no such key.</exception>
    public static ECDsa Open(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key.KeySize == 256 ? key : throw new CryptographicException("The key is not of the curve P-256.");
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or UnauthorizedAccessException)
        {
            key.Dispose();
            throw new IOException($"'{path}' is not a readable PEM file of an ECDSA P-256 key.", exception);
        }
    }

    /// <summary>Opens the key, making it first where there is none. Of two who make it at once, one wins and both use it.</summary>
    public static ECDsa OpenOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            Create(path);
        }

        return Open(path);
    }

    /// <summary>The key's thumbprint. Source: RFC 7638.</summary>
    public static string IdOf(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(canonical)));
    }

    private static void Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var draft = $"{path}.{IdOf(key)}";
        using (var writer = new StreamWriter(draft, options))
        {
            writer.Write(key.ExportPkcs8PrivateKeyPem());
        }

        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
