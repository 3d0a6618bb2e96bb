using Gatehouse.Core.Ledger;
using Xunit;

namespace Gatehouse.Core.Tests.Estate;

/// <summary>Takes each event once, as the ledger does, and fails the test when one id comes with two contents.</summary>
internal sealed class RecordingInbox : ILedgerInbox
{
    private readonly Dictionary<string, LedgerEvent> _events = [];

    /// <summary>When set, the next append is lost with the process.</summary>
    public bool Crash { get; set; }

    public IReadOnlyList<LedgerEvent> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events.Values.OrderBy(ledgerEvent => ledgerEvent.Id, StringComparer.Ordinal)];
            }
        }
    }

    public Task AppendAsync(IReadOnlyCollection<LedgerEvent> events, CancellationToken cancellationToken)
    {
        if (Crash)
        {
            Crash = false;
            throw new IOException("crashed before the append");
        }

        lock (_events)
        {
            foreach (var ledgerEvent in events)
            {
                if (!_events.TryAdd(ledgerEvent.Id, ledgerEvent))
                {
                    Assert.Equal(Text(_events[ledgerEvent.Id]), Text(ledgerEvent));
                }
            }
        }

        return Task.CompletedTask;
    }

    public IReadOnlyList<LedgerEvent> OfType(string type) => [.. Events.Where(ledgerEvent => ledgerEvent.Type == type)];

    private static string Text(LedgerEvent e) => $"{e.At:O} {e.Type} {e.Actor} {e.Subject} {e.Scope} {string.Join(',', e.Details)}";
}
