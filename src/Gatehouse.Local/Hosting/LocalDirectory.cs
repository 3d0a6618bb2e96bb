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

    public string EmulatorDirectory => System.IO.Path.Combine(Path, "emulator");

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

    public void Dispose()
    {
        if (_temporary)
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
