using System.Text.Json;
using Gatehouse.Core.Ledger;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Events;

/// <summary>The events of consecutive entries.</summary>
/// <param name="Events">Those of one entry are never split.</param>
/// <param name="End">Index after the last entry that is covered.</param>
/// <param name="Unreadable">Entries that are no ledger events; each is covered and has no event.</param>
internal sealed record EventBatch(IReadOnlyList<GovernanceEvent> Events, long End, IReadOnlyList<(long Index, string Why)> Unreadable);

/// <summary>Reads entries into batches that a topic takes in one request.</summary>
internal sealed class EventBatches(ILedger ledger, IOptions<EventOptions> options, IOptions<LedgerOptions> ledgerOptions)
{
    /// <summary>Entries looked at for one batch, most of which may concern nobody.</summary>
    private const int MaxEntries = 4096;

    private readonly CloudEventWriter _writer = new(options.Value.Source ?? ledgerOptions.Value.Urn, ledgerOptions.Value.Origin);

    /// <summary>The next batch from <paramref name="from"/>, which is below the signed size.</summary>
    public Task<EventBatch> ReadAsync(long from, CancellationToken cancellationToken) => ReadAsync(from, MaxEntries, cancellationToken);

    /// <summary>The same of at most <paramref name="count"/> entries; one that is not sealed is not there.</summary>
    public async Task<EventBatch> ReadAsync(long from, long count, CancellationToken cancellationToken)
    {
        var events = new List<GovernanceEvent>();
        var unreadable = new List<(long, string)>();
        var (end, bytes) = (from, 2);
        await foreach (var entry in ledger.ReadAsync(from, count, cancellationToken))
        {
            var found = Read(entry, unreadable);
            var more = found.Sum(one => one.Json.Length + 1);
            var alone = found.Any(one => one.Json.Length > EventLimits.MaxEventBytes);
            if (events.Count > 0 && (alone || bytes + more > EventLimits.MaxBatchBytes || events.Count + found.Count > EventLimits.MaxBatchEvents))
            {
                break;
            }

            events.AddRange(found);
            (end, bytes) = (entry.Index + 1, bytes + more);
            if (alone)
            {
                break;
            }
        }

        return new EventBatch(events, end, unreadable);
    }

    private IReadOnlyList<GovernanceEvent> Read(LedgerEntry entry, List<(long, string)> unreadable)
    {
        try
        {
            return _writer.Write(entry);
        }
        catch (JsonException exception)
        {
            unreadable.Add((entry.Index, exception.Message));
            return [];
        }
    }
}
