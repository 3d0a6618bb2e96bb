using System.Globalization;
using Gatehouse.Emulator.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Arm;

/// <summary>How many calls the subscription takes, told in every answer. Source: Azure, "Request limits and throttling".</summary>
internal sealed class ArmLimits(ArmLimitOptions? options, TimeProvider clock)
{
    private const string Header = "x-ms-ratelimit-remaining-subscription-";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Bucket> _buckets = new()
    {
        ["reads"] = new Bucket(options?.Reads ?? 0, options?.ReadsPerSecond ?? 0, clock),
        ["writes"] = new Bucket(options?.Writes ?? 0, options?.WritesPerSecond ?? 0, clock),
        ["deletes"] = new Bucket(options?.Deletes ?? 0, options?.DeletesPerSecond ?? 0, clock),
    };

    /// <summary>Counts a call. When the subscription takes no more: how long it has to wait.</summary>
    public TimeSpan? Refuses(HttpContext http)
    {
        var kind = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) ? "reads" : HttpMethods.IsDelete(http.Request.Method) ? "deletes" : "writes";
        if (options is null)
        {
            http.Response.Headers[Header + kind] = "11999";
            return null;
        }

        lock (_gate)
        {
            var wait = _buckets[kind].Take();
            http.Response.Headers[Header + kind] = _buckets[kind].Left.ToString(CultureInfo.InvariantCulture);
            return wait;
        }
    }

    private sealed class Bucket
    {
        private readonly double _burst;
        private readonly double _perSecond;
        private readonly TimeProvider _clock;
        private double _tokens;
        private DateTimeOffset _at;

        public Bucket(double burst, double perSecond, TimeProvider clock)
        {
            (_burst, _perSecond, _clock) = (burst, perSecond, clock);
            (_tokens, _at) = (burst, clock.GetUtcNow());
        }

        public long Left => (long)_tokens;

        public TimeSpan? Take()
        {
            var now = _clock.GetUtcNow();
            (_tokens, _at) = (Math.Min(_burst, _tokens + ((now - _at).TotalSeconds * _perSecond)), now);
            if (_tokens < 1)
            {
                return TimeSpan.FromSeconds((1 - _tokens) / _perSecond);
            }

            _tokens--;
            return null;
        }
    }
}
