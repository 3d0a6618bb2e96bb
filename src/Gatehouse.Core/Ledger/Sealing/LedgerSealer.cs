using System.Diagnostics.Metrics;
using Gatehouse.Core.Ledger.Publishing;
using Gatehouse.Core.Records;
using Gatehouse.Core.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Ledger.Sealing;

/// <summary>Moves waiting events into the log, round by round. A crash at any point, and a second sealer, are harmless: see docs/ledger.md.</summary>
internal sealed class LedgerSealer(
    IRecordStore store,
    ICheckpointSigner signer,
    CheckpointPublication publication,
    TimeProvider clock,
    IOptions<LedgerOptions> options,
    ILogger<LedgerSealer> logger) : ILedgerSealer
{
    private static readonly Counter<long> Sealed = GatehouseMeter.Meter.CreateCounter<long>("gatehouse.ledger.sealed", "{event}", "Events sealed into the ledger.");

    public async Task<int> SealAsync(CancellationToken cancellationToken)
    {
        var total = await SealAllAsync(cancellationToken);
        await publication.CatchUpAsync(cancellationToken);
        return total;
    }

    private async Task<int> SealAllAsync(CancellationToken cancellationToken)
    {
        var round = new SealRound(store, signer, clock, options.Value);
        var total = 0;
        while (true)
        {
            var outcome = await round.RunAsync(cancellationToken);
            total += outcome.Sealed;
            Sealed.Add(outcome.Sealed);
            if (outcome.LostTo is { } lostTo)
            {
                Log.AnotherSealer(logger, lostTo);
                return total;
            }

            if (outcome.Sealed > 0)
            {
                Log.Sealed(logger, outcome.Sealed, outcome.Size, outcome.Adopted);
            }

            if (!outcome.HasMore)
            {
                return total;
            }
        }
    }
}
