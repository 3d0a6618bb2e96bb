using System.Collections.Concurrent;
using Gatehouse.Core.Images;
using Gatehouse.Core.Time;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Storage;

namespace Gatehouse.Emulator.Distribution;

/// <summary>A blob upload under way. It belongs to the replica it was started at, and ends with the process.</summary>
internal sealed class Upload(string id, string state, EmulatedReplica replica, string repository, BlobWriter writer) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public string Id => id;

    public EmulatedReplica Replica => replica;

    public string Repository => repository;

    public long Length => writer.Length;

    /// <summary>Opaque to clients, who must give it back.</summary>
    public string Location => $"/v2/{repository}/blobs/uploads/{id}?_nouploadcache=false&_state={state}";

    public bool IsState(string? text) => text == state;

    /// <summary>Appends, when <paramref name="start"/> is where the upload stands (or is not given).</summary>
    /// <returns>False when the chunk is out of order; nothing was read then.</returns>
    public async Task<bool> AppendAsync(Stream body, long? start, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (start is { } offset && offset != writer.Length)
            {
                return false;
            }

            await writer.AppendAsync(body, cancellationToken);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task<bool> CommitAsync(Digest digest, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await writer.CommitAsync(digest, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync();
        _turn.Dispose();
    }
}

/// <summary>The uploads under way at one registry.</summary>
internal sealed class Uploads(RegistryStore store, IEntropy entropy) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Upload> _uploads = [];

    public Upload Start(EmulatedReplica replica, string repository)
    {
        var id = entropy.Next();
        return _uploads[id] = new Upload(id, entropy.Next(), replica, repository, store.Blobs.CreateWriter(id));
    }

    public Upload? Find(EmulatedReplica replica, string repository, string? id) =>
        id is not null && _uploads.TryGetValue(id, out var upload) && upload.Replica == replica && upload.Repository == repository ? upload : null;

    public async Task EndAsync(Upload upload)
    {
        if (_uploads.TryRemove(upload.Id, out _))
        {
            await upload.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var upload in _uploads.Values)
        {
            await EndAsync(upload);
        }
    }
}
