using System.Buffers.Text;
using Azure.Storage;
using Gatehouse.Azure.Storage;

namespace Gatehouse.Azure.Checkpoints;

/// <summary>The Blob service of an account on loopback, with its key.</summary>
internal sealed record BlobAccount(Uri Blobs, StorageSharedKeyCredential Key)
{
    /// <summary>Null unless it names an account on loopback, with its key and its endpoint.</summary>
    public static BlobAccount? TryParse(string connection)
    {
        var parts = StorageAccount.Split(connection);
        if (parts.GetValueOrDefault("UseDevelopmentStorage") is "true")
        {
            parts = StorageAccount.Split(StorageAccount.Development);
        }

        return parts.GetValueOrDefault("AccountName") is { Length: > 0 } name
            && parts.GetValueOrDefault("AccountKey") is { Length: > 0 } key && Base64.IsValid(key)
            && StorageAccount.Endpoint(parts.GetValueOrDefault("BlobEndpoint")) is { } blobs
            ? new BlobAccount(blobs, new StorageSharedKeyCredential(name, key))
            : null;
    }
}
