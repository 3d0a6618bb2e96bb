using System.Collections.Concurrent;
using Gatehouse.Core.Images;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Watches;

/// <summary>One pass over all watches. Watches of one repository share its tag list and its HEADs.</summary>
internal sealed class WatchSweep(
    WatchStore store, WatchChanges changes, IImageResolver resolver, TimeProvider clock, WatchOptions options, HostPauses pauses, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _overall = new(options.Concurrency);
    private readonly ConcurrentDictionary<string, Lazy<HostGate>> _hosts = [];
    private int _tags;
    private int _moved;
    private int _failed;
    private int _intakes;

    public async Task<SweepReport> RunAsync(IReadOnlyList<Watch> watches, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            watches.GroupBy(watch => watch.Repository),
            new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken },
            async (repository, token) => await SweepAsync(repository.Key, [.. repository], token));
        var report = new SweepReport(watches.Count, _tags, _moved, _failed, _intakes);
        Log.SweepFinished(logger, report.Watches, report.Tags, report.Moved, report.Failed, report.Intakes);
        return report;
    }

    public void Dispose()
    {
        foreach (var host in _hosts.Values)
        {
            host.Value.Dispose();
        }

        _overall.Dispose();
    }

    private async Task SweepAsync(string repository, IReadOnlyList<Watch> watches, CancellationToken cancellationToken)
    {
        if (!ImageReference.Parse(repository).TryGet(out var parsed, out var error))
        {
            throw new InvalidOperationException(error.Message);
        }

        var image = parsed with { Tag = null };
        var host = _hosts.GetOrAdd(image.Registry, name => new Lazy<HostGate>(() => new HostGate(name, options, pauses))).Value;
        var listed = watches.Any(TagPattern.HasWildcards) ? await ListAsync(host, image, cancellationToken) : null;
        var views = new List<WatchView>(watches.Count);
        foreach (var watch in watches)
        {
            var (known, hasBaseline) = await store.LoadTagsAsync(watch.Id, cancellationToken);
            views.Add(new WatchView(watch, known, hasBaseline, listed, options.MaxTagsPerWatch));
        }

        foreach (var view in views.Where(view => view.Matched > options.MaxTagsPerWatch))
        {
            Interlocked.Increment(ref _failed);
            Log.TooManyTags(logger, view.Watch.Id, view.Matched, options.MaxTagsPerWatch);
        }

        var heads = await HeadAsync(host, image, [.. views.SelectMany(view => view.Tags).Distinct()], cancellationToken);
        foreach (var view in views)
        {
            await ApplyAsync(view, image, heads, listed is not null, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<string>?> ListAsync(HostGate host, ImageReference image, CancellationToken cancellationToken)
    {
        var listing = await host.RunAsync(_overall, token => resolver.ListTagsAsync(image, token), cancellationToken);
        if (listing is TagListing.Listed listed)
        {
            host.Answered();
            return listed.Tags;
        }

        Interlocked.Increment(ref _failed);
        if (listing is TagListing.Unavailable unavailable)
        {
            Fail(host, image.Name, unavailable.Reason, unavailable.RetryAfter, unavailable.Throttled);
        }

        return null;
    }

    private async Task<ConcurrentDictionary<string, TagState>> HeadAsync(HostGate host, ImageReference image, List<string> tags, CancellationToken cancellationToken)
    {
        var heads = new ConcurrentDictionary<string, TagState>();
        Interlocked.Add(ref _tags, tags.Count);
        await Parallel.ForEachAsync(
            tags,
            new ParallelOptions { MaxDegreeOfParallelism = options.HostConcurrency, CancellationToken = cancellationToken },
            async (tag, token) =>
            {
                var reference = image with { Tag = tag };
                var state = await host.RunAsync(_overall, inner => resolver.HeadAsync(reference, inner), token);
                if (state is null or TagState.Unavailable)
                {
                    Interlocked.Increment(ref _failed);
                    if (state is TagState.Unavailable unavailable)
                    {
                        Fail(host, reference.ToString(), unavailable.Reason, unavailable.RetryAfter, unavailable.Throttled);
                    }

                    return;
                }

                host.Answered();
                heads[tag] = state;
            });
        return heads;
    }

    private async Task ApplyAsync(WatchView view, ImageReference image, ConcurrentDictionary<string, TagState> heads, bool isListed, CancellationToken cancellationToken)
    {
        var firsts = new List<WatchedTag>();
        foreach (var tag in view.Tags)
        {
            var known = view.Known(tag);
            var head = heads.GetValueOrDefault(tag);
            if (known.ETag is null && !view.IsNews(tag))
            {
                if (view.First(tag, head) is { } first)
                {
                    firsts.Add(first);
                }
            }
            else if (head is TagState.At at)
            {
                var change = await changes.ApplyAsync(view.Watch, image with { Tag = tag }, known, at.Digest, view.IsNews(tag), cancellationToken);
                Interlocked.Add(ref _moved, change.Moved ? 1 : 0);
                Interlocked.Add(ref _intakes, change.Requested ? 1 : 0);
                Interlocked.Add(ref _failed, change.Failed ? 1 : 0);
            }
        }

        var complete = isListed && !view.HasBaseline && view.Watch.HasWildcards() && view.Matched <= options.MaxTagsPerWatch;
        await store.AddBaselineAsync(view.Watch.Id, firsts, complete, clock.GetUtcNow(), cancellationToken);
    }

    private void Fail(HostGate host, string what, string reason, TimeSpan? retryAfter, bool throttled)
    {
        Log.UpstreamUnavailable(logger, what, reason);
        if (host.Failed(retryAfter, throttled))
        {
            Log.HostStopped(logger, host.Host, reason);
        }
    }
}
