using Gatehouse.Core.Records;
using Gatehouse.Core.Results;

namespace Gatehouse.Core.Intakes;

/// <summary>Reads pages of intakes, newest first.</summary>
internal sealed class IntakeList(IRecordStore records, IntakeStore store)
{
    /// <summary>Index rows looked at for one page, so that a rare filter answers in bounded time; the continuation goes on from there.</summary>
    private const int MaxRowsAPage = 2_000;

    public async Task<Result<IntakePage>> ReadAsync(IntakeFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Continuation is not null && (!RecordKeys.IsValid(filter.Continuation) || filter.Continuation.IndexOf('~', StringComparison.Ordinal) != 20))
        {
            return IntakeErrors.ContinuationMalformed();
        }

        var take = Math.Clamp(filter.Take, 1, IntakeFilter.MaxTake);
        var query = new RecordQuery(IntakeRows.IndexTable, IntakeRows.AllPartition, Take: MaxRowsAPage);
        query = filter.Continuation is null ? query : query.After(filter.Continuation);
        var page = new List<Intake>(take);
        var seen = 0;
        string? last = null;
        await foreach (var record in records.QueryAsync(query, cancellationToken))
        {
            (seen, last) = (seen + 1, record.Key.Row);
            var summary = IntakeRows.ReadSummary(record);
            if (Fits(filter, summary.Scope, summary.State) && await store.FindAsync(summary.Id, cancellationToken) is { } stored)
            {
                page.Add(stored.Intake);
                if (page.Count == take)
                {
                    return new IntakePage(page, last);
                }
            }
        }

        return new IntakePage(page, seen == MaxRowsAPage ? last : null);
    }

    private static bool Fits(IntakeFilter filter, Scopes.Scope scope, IntakeState state) =>
        filter.Within?.Contains(scope) != false && (filter.State is null || filter.State == state);
}
