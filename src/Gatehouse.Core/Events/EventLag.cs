using System.Diagnostics.Metrics;
using Gatehouse.Core.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Events;

/// <summary>How far the topic is behind the ledger. Says so once when it becomes too far, and once when it is well again.</summary>
internal sealed class EventLag(IOptions<EventOptions> options, ILogger<EventLag> logger)
{
    private static readonly Gauge<long> Gauge = GatehouseMeter.Meter.CreateGauge<long>(
        "gatehouse.events.lag", "{entry}", "Sealed ledger entries that are not published to the topic yet.");

    private const string RefusesAllCode = "refuses-all";

    private readonly Lock _gate = new();
    private bool _behind;
    private string? _away;

    /// <param name="entries">Sealed and not published.</param>
    public void Is(long entries)
    {
        Gauge.Record(entries);
        lock (_gate)
        {
            var behind = entries >= options.Value.LagWarning;
            if (behind && !_behind)
            {
                Log.LagGrew(logger, entries, options.Value.LagWarning);
            }

            _behind = behind;
        }
    }

    /// <param name="away">Null when the topic gave an answer about the events.</param>
    public void Heard(SinkAnswer.Unavailable? away)
    {
        lock (_gate)
        {
            if (away is not null && away.Code != _away)
            {
                Log.TopicAway(logger, away.Code, away.Message);
            }
            else if (away is null && _away is not null)
            {
                Log.TopicBack(logger);
            }

            _away = away?.Code;
        }
    }

    /// <summary>The topic takes nothing, whatever is sent: said once until it takes something.</summary>
    public void RefusesAll(int events, SinkAnswer.Refused last)
    {
        lock (_gate)
        {
            if (_away != RefusesAllCode)
            {
                Log.TopicRefusesAll(logger, events, last.Code, last.Message);
            }

            _away = RefusesAllCode;
        }
    }
}
