using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Core.Ledger.Merkle;
using Gatehouse.Core.Records;

namespace Gatehouse.Core.Ledger;

/// <summary>The row whose replacement commits a seal: the tree's edge and the checkpoint that signs it.</summary>
/// <param name="ETag">Null before the first seal.</param>
internal sealed record LedgerHead(TileTree Tree, SignedCheckpoint? Signed, string? ETag)
{
    public long Size => Tree.Size;

    /// <exception cref="InvalidDataException">The row is damaged.</exception>
    public static async Task<LedgerHead> ReadAsync(IRecordStore store, CancellationToken cancellationToken)
    {
        var record = await store.GetAsync(LedgerKeys.Head, cancellationToken);
        if (record is null)
        {
            return new LedgerHead(new TileTree(), null, null);
        }

        try
        {
            var row = JsonSerializer.Deserialize(record.Data.Span, LedgerHeadJsonContext.Default.LedgerHeadRow)!;
            return new LedgerHead(TileTree.Restore(row.Size, row.Edge), row.Checkpoint, record.ETag);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The ledger's head {LedgerKeys.Head} is not readable.", exception);
        }
    }

    /// <summary>Makes <paramref name="tree"/> the ledger, and keeps its checkpoint for history; false when another sealer was first.</summary>
    public async Task<bool> ReplaceAsync(IRecordStore store, TileTree tree, SignedCheckpoint signed, CancellationToken cancellationToken)
    {
        var row = JsonSerializer.SerializeToUtf8Bytes(new LedgerHeadRow(tree.Size, tree.Edge(), signed), LedgerHeadJsonContext.Default.LedgerHeadRow);
        var batch = new RecordBatch(LedgerKeys.Table, LedgerKeys.HeadPartition);
        _ = ETag is null ? batch.Insert(LedgerKeys.HeadRow, row) : batch.Replace(LedgerKeys.HeadRow, row, ETag);
        batch.Upsert(LedgerKeys.CheckpointRow(tree.Size), JsonSerializer.SerializeToUtf8Bytes(signed, LedgerHeadJsonContext.Default.SignedCheckpoint));
        return (await store.CommitAsync(batch, cancellationToken)).IsCommitted;
    }
}

/// <param name="PublicKey">Kept with what it signed, so that a change of keys leaves old checkpoints verifiable.</param>
internal sealed record SignedCheckpoint(string Body, byte[] Signature, string KeyId, byte[] PublicKey)
{
    /// <exception cref="InvalidDataException">The body is not a checkpoint's.</exception>
    public Checkpoint ToCheckpoint() => CheckpointBody.TryParse(Body, out var body)
        ? new Checkpoint(body.Origin, body.Size, body.Root, body.At, KeyId, Body, Signature)
        : throw new InvalidDataException("The ledger's checkpoint is damaged.");
}

/// <param name="Edge">See <see cref="TileTree.Edge"/>.</param>
internal sealed record LedgerHeadRow(long Size, IReadOnlyList<byte[]> Edge, SignedCheckpoint Checkpoint);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(LedgerHeadRow))]
internal sealed partial class LedgerHeadJsonContext : JsonSerializerContext;
