using Gatehouse.Core.Time;
using Gatehouse.Emulator.Storage;

namespace Gatehouse.Emulator.Tokens;

/// <summary>Secrets that outlive the process, readable by the owner only.</summary>
internal static class KeyFile
{
    private const int Length = 32;

    public static byte[] LoadOrCreate(string path, IEntropy entropy)
    {
        if (File.Exists(path) && File.ReadAllBytes(path) is { Length: Length } known)
        {
            return known;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var key = new byte[Length];
        entropy.Fill(key);
        AtomicFile.Write(path, key, secret: true);
        return key;
    }
}
