using Gatehouse.Core.Ledger;

namespace Gatehouse.Core.Tests.Policies.Storage;

internal sealed class RecordingInbox : ILedgerInbox
{
    public List<LedgerEvent> Events { get; } = [];

    /// <summary>How many calls fail from now on.</summary>
    public int Failures { get; set; }

    public Task AppendAsync(IReadOnlyCollection<LedgerEvent> events, CancellationToken cancellationToken)
    {
        if (Failures-- > 0)
        {
            throw new IOException("The inbox is away.");
        }

        Events.AddRange(events);
        return Task.CompletedTask;
    }
}
