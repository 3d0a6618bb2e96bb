using System.Diagnostics.Metrics;
using Gatehouse.Core.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Events;

/// <summary>
/// How far the topic is behind the ledger. Says so once when it becomes too far, once when the topic stops taking events and once when it is well again;
/// and at most once a minute while events wait for it: an alert lasts as long as the lines do.
/// </summary>
internal sealed class EventLag(IOptions<EventOptions> options, TimeProvider clock, ILogger<EventLag> logger)
{
    private static readonly Gauge<long> Gauge = GatehouseMeter.Meter.CreateGauge<long>(
        "gatehouse.events.lag", "{entry}", "Sealed ledger entries that are not published to the topic yet.");

    private const string RefusesAllCode = "refuses-all";

    private readonly Lock _gate = new();

    /// <summary>The alert's threshold counts on it.</summary>
    private readonly LineLimit _lines = new(TimeSpan.FromMinutes(1), clock);
    private bool _behind;
    private string? _away;
    private string _why = string.Empty;

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
            if (entries > 0 && _away is not null && _lines.IsDue())
            {
                Log.EventsWait(logger, entries, _why);
            }
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
            _why = $"{away?.Code}: {away?.Message}";
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
            _why = $"each is refused by itself, {last.Code}: {last.Message}";
        }
    }
}
