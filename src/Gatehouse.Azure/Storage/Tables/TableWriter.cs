using Gatehouse.Azure.Options;
using Gatehouse.Core.Records;
using Gatehouse.Core.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Storage.Tables;

/// <summary>
/// Commits batches. When a reply is lost nobody knows whether the batch was applied, so it is sent again, and if that is refused
/// the rows are read: those that carry this write's id were written by the try whose reply was lost; deletes are done when nothing is left.
/// </summary>
internal sealed class TableWriter(TableClient client, StorageFaults faults, IOptions<AzureOptions> options, IdSource ids, TimeProvider clock, ILogger<TableWriter> logger)
{
    public async Task<CommitResult> CommitAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        var writeId = ids.Next();
        var calls = batch.Operations.Select(operation => TableCall.Of(client.Addresses, batch, operation, writeId)).ToList();
        var mayBeApplied = false;
        for (var retry = 0; ; retry++)
        {
            var reply = calls is [var only]
                ? await client.SendAsync(only, cancellationToken)
                : await client.SendBatchAsync(writeId, calls, cancellationToken);
            if (reply.IsSuccess)
            {
                return new CommitResult(CommitOutcome.Committed, ETags(batch, reply));
            }

            if (Refusal(reply) is { } outcome)
            {
                var refusal = CommitResult.Refused(outcome, reply.Operation!.Value);
                return mayBeApplied ? await ResolveAsync(batch, writeId, refusal, reply, cancellationToken) : refusal;
            }

            mayBeApplied |= reply.MayHaveApplied;
            await PrepareRetryAsync(batch.Table, reply, retry, cancellationToken);
        }
    }

    private static CommitOutcome? Refusal(TableReply reply) => reply switch
    {
        { Operation: null } => null,
        { Code: "EntityAlreadyExists" } => CommitOutcome.Exists,
        { Code: "ResourceNotFound" or "EntityNotFound" } => CommitOutcome.Missing,
        { Code: "UpdateConditionNotSatisfied" or "ConditionNotMet" } => CommitOutcome.Changed,
        _ => null,
    };

    /// <summary>Makes a missing table, or waits as long as the service wants us to.</summary>
    /// <exception cref="RecordStoreException">Another try is pointless, or there were enough.</exception>
    private async Task PrepareRetryAsync(string table, TableReply reply, int retry, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        if (retry > settings.MaxRetries)
        {
            throw Failed(table, reply);
        }

        if (reply.Code == "TableNotFound")
        {
            reply = await client.CreateTableAsync(table, cancellationToken);
            if (reply.IsSuccess)
            {
                return;
            }
        }

        var wait = reply.RetryAfter ?? TimeSpan.FromTicks(Math.Min(settings.RetryDelay.Ticks << Math.Min(retry, 10), settings.MaxRetryDelay.Ticks));
        if (!reply.IsTransient || retry == settings.MaxRetries || wait > settings.MaxRetryDelay)
        {
            throw Failed(table, reply);
        }

        logger.WriteTriedAgain(table, reply.Code, wait, reply.Answer.ClientRequestId, reply.Answer.Headers.GetValueOrDefault("x-ms-request-id"));
        await Task.Delay(wait, clock, cancellationToken);
    }

    private async Task<CommitResult> ResolveAsync(RecordBatch batch, string writeId, CommitResult refusal, TableReply reply, CancellationToken cancellationToken)
    {
        var rows = new TableRow?[batch.Operations.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = await client.FindAsync(new RecordKey(batch.Table, batch.Partition, batch.Operations[i].Row), cancellationToken);
        }

        if (LostReply.Judge(batch, writeId, refusal, rows) is not { } result)
        {
            var there = LostReply.FirstThere(rows);
            throw Failed(batch.Table, reply, there < 0 ? "none of its rows is there" : $"the row '{batch.Operations[there].Row}' of its operation {there} is there");
        }

        if (result.IsCommitted)
        {
            logger.WriteFound(batch.Table);
        }

        return result;
    }

    private static string?[] ETags(RecordBatch batch, TableReply reply) =>
        [.. batch.Operations.Select((operation, i) => operation.Kind == RecordOperationKind.Delete ? null : reply.ETags[i] ?? LostReply.Superseded)];

    /// <param name="found">What reading the rows told after a lost reply, to end a sentence.</param>
    private RecordStoreException Failed(string table, TableReply reply, string? found = null) => new(
        faults.Tell(StorageService.Table, $"Writing to table '{table}'", reply.Answer, reply.Status, new StorageError(reply.Code, reply.Message))
        + (found is null ? string.Empty : $". The reply to an earlier try was lost, so it may have been applied; {found}"));
}
