namespace Gatehouse.Local.Hosting;

/// <summary>Where a local estate keeps what it keeps.</summary>
internal sealed class LocalDirectory : IDisposable
{
    private readonly bool _temporary;

    private LocalDirectory(string path, bool temporary) => (Path, _temporary) = (path, temporary);

    public string Path { get; }

    public string StorageDirectory => System.IO.Path.Combine(Path, "storage");

    /// <summary>The queues of the embedded storage, which the host's stand-in receives from.</summary>
    public string QueueDirectory => System.IO.Path.Combine(StorageDirectory, "queues");

    public bool IsTemporary => _temporary;

    public string EmulatorDirectory => System.IO.Path.Combine(Path, "emulator");

    private string StorageNamespaceFile => System.IO.Path.Combine(Path, "azurite-namespace");

    public string EstateFile => System.IO.Path.Combine(Path, "estate.yaml");

    public string IssuerKeyFile => System.IO.Path.Combine(Path, "issuer.pem");

    public string LedgerKeyFile => System.IO.Path.Combine(Path, "ledger.pem");

    /// <param name="path">Null for a temporary directory that goes away in the end.</param>
    public static LocalDirectory Open(string? path)
    {
        if (path is null)
        {
            return new LocalDirectory(Directory.CreateTempSubdirectory("gatehouse-").FullName, temporary: true);
        }

        return new LocalDirectory(Directory.CreateDirectory(path).FullName, temporary: false);
    }

    /// <summary>Under which name this directory's records are on Azurite: what <paramref name="fresh"/> says the first time, and the same ever after.</summary>
    public string StorageNamespace(Func<string> fresh)
    {
        if (!File.Exists(StorageNamespaceFile))
        {
            File.WriteAllText(StorageNamespaceFile, fresh());
        }

        return File.ReadAllText(StorageNamespaceFile).Trim();
    }

    /// <exception cref="InvalidOperationException">The records of this directory are in the other kind of storage.</exception>
    public void RequireStorage(LocalStorageKind kind)
    {
        LocalStorageKind? kept = File.Exists(StorageNamespaceFile) ? LocalStorageKind.Azurite : Directory.Exists(StorageDirectory) ? LocalStorageKind.Embedded : null;
        if (kept is not null && kept != kind)
        {
            var (has, asked) = ($"{kept}".ToLowerInvariant(), $"{kind}".ToLowerInvariant());
            throw new InvalidOperationException($"'{Path}' was begun with --storage {has} and has no records with --storage {asked}; start it with --storage {has}, or name another folder.");
        }
    }

    public void Dispose()
    {
        if (_temporary)
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
