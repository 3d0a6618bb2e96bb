namespace Gatehouse.Local.Hosting;

/// <summary>What the local estate is started with.</summary>
internal sealed record LocalOptions
{
    /// <summary>Everything that is kept; null for a temporary directory that is removed at the end.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Where records and queues are kept.</summary>
    public LocalStorageKind Storage { get; init; }

    /// <summary>Port of the Function app; 0 for any.</summary>
    public int Port { get; init; }

    /// <summary>Policy documents to apply at start; null for the samples this program carries.</summary>
    public string? PolicyDirectory { get; init; }

    /// <summary>Show the services' logs on stderr; errors only otherwise.</summary>
    public bool Verbose { get; init; }
}
