using Gatehouse.Azure.Options;
using Gatehouse.Core.Intakes;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Imports;

/// <summary>
/// Which imports go on in which registry, as far as this process knows. An import keeps its place from its start until a poll sees its end;
/// one that nobody here asks about any more (given up, or followed by another process) loses it when its lease runs out.
/// </summary>
internal sealed class ImportLeases(IOptions<AzureOptions> options, TimeProvider clock)
{
    /// <summary>Times among which those that wait are spread.</summary>
    private const int Spread = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Places> _registries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A place for an import about to be ordered; null when all are taken. Never waits.</summary>
    /// <param name="registry">ARM id.</param>
    public Place? TryTake(string registry)
    {
        lock (_gate)
        {
            var places = PlacesOf(registry);
            if (places.Starting + places.Running.Count >= options.Value.MaxConcurrentImports)
            {
                return null;
            }

            places.Starting++;
            return new Place(this, places);
        }
    }

    /// <summary>
    /// How long one that got no place should wait: half to one and a half of what is configured, each another time than those before it. Together they would come
    /// back together, find the few places that became free meanwhile, and leave those idle that become free until the next time.
    /// </summary>
    public TimeSpan NextTry(string registry)
    {
        lock (_gate)
        {
            var turn = PlacesOf(registry).Refused++ % Spread;
            return options.Value.ImportBusyDelay * (0.5 + ((double)turn / Spread));
        }
    }

    /// <summary>The import goes on. It takes a place even where none is left: it may have been ordered before a restart, or elsewhere.</summary>
    /// <param name="now">Where it is to be asked about from now on; may be <paramref name="location"/>.</param>
    /// <param name="retryAfter">How long the service asked to be left alone.</param>
    public void Renew(string registry, string location, string now, TimeSpan? retryAfter)
    {
        lock (_gate)
        {
            var places = PlacesOf(registry);
            places.Running.Remove(location);
            places.Running[now] = Until(retryAfter);
        }
    }

    /// <summary>The import has ended, well or not.</summary>
    public void End(string registry, string location)
    {
        lock (_gate)
        {
            PlacesOf(registry).Running.Remove(location);
        }
    }

    /// <summary>The workflow never waits longer than its own longest delay, whatever it is asked.</summary>
    private DateTimeOffset Until(TimeSpan? retryAfter)
    {
        var asked = retryAfter ?? TimeSpan.Zero;
        return clock.GetUtcNow() + options.Value.ImportLease + (asked < IntakeOptions.LongestDelay ? asked : IntakeOptions.LongestDelay);
    }

    private Places PlacesOf(string registry)
    {
        if (!_registries.TryGetValue(registry, out var places))
        {
            _registries[registry] = places = new Places();
        }

        var now = clock.GetUtcNow();
        foreach (var (location, _) in places.Running.Where(lease => lease.Value <= now).ToList())
        {
            places.Running.Remove(location);
        }

        return places;
    }

    /// <summary>Held while an import is ordered; given back at the end of that, unless it is kept.</summary>
    public sealed class Place : IDisposable
    {
        private readonly ImportLeases _leases;
        private readonly Places _places;

        internal Place(ImportLeases leases, Places places) => (_leases, _places) = (leases, places);

        /// <summary>The import was accepted and is to be asked about there.</summary>
        public void Keep(string location, TimeSpan? retryAfter)
        {
            lock (_leases._gate)
            {
                _places.Running[location] = _leases.Until(retryAfter);
            }
        }

        /// <summary>The import was accepted, and where to ask about it is not known: the place is taken until the lease runs out.</summary>
        public void KeepUnasked()
        {
            lock (_leases._gate)
            {
                _places.Running[$"unasked:{_places.Unasked++}"] = _leases.Until(null);
            }
        }

        public void Dispose()
        {
            lock (_leases._gate)
            {
                _places.Starting--;
            }
        }
    }

    /// <summary>Those of one registry.</summary>
    internal sealed class Places
    {
        public int Starting { get; set; }

        /// <summary>Imports so far of which nobody knows where to ask.</summary>
        public uint Unasked { get; set; }

        /// <summary>How often there was no place; wraps around.</summary>
        public uint Refused { get; set; }

        /// <summary>When the lease of each ends, by its location.</summary>
        public Dictionary<string, DateTimeOffset> Running { get; } = new(StringComparer.Ordinal);
    }
}
