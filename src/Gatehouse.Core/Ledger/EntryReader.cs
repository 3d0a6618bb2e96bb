using System.Runtime.CompilerServices;
using Gatehouse.Core.Records;

namespace Gatehouse.Core.Ledger;

/// <summary>Reads entry rows in order across their partitions.</summary>
internal sealed class EntryReader(IRecordStore store)
{
    /// <summary>Entries from <paramref name="from"/> to before <paramref name="end"/>; ends early where the rows do.</summary>
    /// <exception cref="InvalidDataException">A row is missing between others.</exception>
    public async IAsyncEnumerable<LedgerEntry> ReadAsync(long from, long end, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = from; next < end;)
        {
            var last = Math.Min(end, ((next / LedgerKeys.EntriesPerPartition) + 1) * LedgerKeys.EntriesPerPartition);
            var query = new RecordQuery(LedgerKeys.Table, LedgerKeys.EntryPartition(next), LedgerKeys.EntryRow(next), LedgerKeys.EntryRow(last));
            await foreach (var record in store.QueryAsync(query, cancellationToken))
            {
                if (record.Key.Row != LedgerKeys.EntryRow(next))
                {
                    throw new InvalidDataException($"The ledger's entry {next} is missing; {record.Key} follows.");
                }

                yield return new LedgerEntry(next++, record.Data);
            }

            if (next < last)
            {
                yield break;
            }
        }
    }
}
