using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Watches;

internal sealed class WatchService(
    WatchStore store,
    WatchChanges changes,
    IImageResolver resolver,
    TimeProvider clock,
    IOptions<WatchOptions> options,
    ILogger<WatchService> logger) : IWatchService
{
    private readonly HostPauses _pauses = new(clock);

    public async Task<Result<Watch>> CreateAsync(Scope scope, string repository, IReadOnlyList<string> tags, Actor actor, CancellationToken cancellationToken)
    {
        if (Validate(repository, tags) is var (image, patterns, error) && error is not null)
        {
            return error;
        }

        var id = WatchStore.MakeId(scope.Path, image!.Name, patterns);
        var watch = new Watch(id, scope, image.Name, patterns, actor, clock.GetUtcNow());
        if (await store.FindAsync(image.Name, id, cancellationToken) is { } existing)
        {
            return existing;
        }

        return await store.AddAsync(watch, WatchEvents.Created(watch), cancellationToken)
            ? watch
            : await store.FindAsync(image.Name, id, cancellationToken) ?? watch;
    }

    public async Task<IReadOnlyList<Watch>> ListAsync(CancellationToken cancellationToken) =>
        await store.ListAsync(cancellationToken).ToListAsync(cancellationToken);

    public async Task<Result<Unit>> DeleteAsync(string id, Actor actor, CancellationToken cancellationToken)
    {
        var watch = await store.ListAsync(cancellationToken).FirstOrDefaultAsync(candidate => candidate.Id == id, cancellationToken);
        return watch is not null && await store.DeleteAsync(watch, WatchEvents.Deleted(watch, actor, clock.GetUtcNow()), cancellationToken)
            ? Unit.Value
            : WatchErrors.NotFound(id);
    }

    public async Task<SweepReport> SweepAsync(CancellationToken cancellationToken)
    {
        await store.FlushAsync(cancellationToken);
        using var sweep = new WatchSweep(store, changes, resolver, clock, options.Value, _pauses, logger);
        return await sweep.RunAsync(await ListAsync(cancellationToken), cancellationToken);
    }

    public async Task<int> OnUpstreamPushedAsync(string eventId, ImageReference image, CancellationToken cancellationToken)
    {
        if (image.Tag is not { } tag)
        {
            return 0;
        }

        var stale = new List<(Watch Watch, StoredTag Known, bool IsNews)>();
        await foreach (var watch in store.ListAsync(image.Name, cancellationToken))
        {
            if (watch.Covers(tag) && await LookAsync(watch, tag, image.Digest, cancellationToken) is var (known, isNews))
            {
                stale.Add((watch, known, isNews));
            }
        }

        if (stale.Count == 0)
        {
            return 0;
        }

        // The event may be late, repeated or forged: only what the upstream says now counts.
        var reference = image with { Digest = null };
        if (await resolver.HeadAsync(reference, cancellationToken) is not TagState.At at || (image.Digest is { } claimed && claimed != at.Digest))
        {
            Log.PushNotConfirmed(logger, eventId, image.ToString());
            return 0;
        }

        var requested = 0;
        foreach (var (watch, known, isNews) in stale)
        {
            var change = await changes.ApplyAsync(watch, reference, known, at.Digest, isNews, cancellationToken);
            requested += change.Requested ? 1 : 0;
        }

        return requested;
    }

    /// <returns>Null when the event tells the watch nothing: the digest is known, or the watch has not yet seen where it starts from.</returns>
    private async Task<(StoredTag Known, bool IsNews)?> LookAsync(Watch watch, string tag, Digest? digest, CancellationToken cancellationToken)
    {
        var known = await store.GetTagAsync(watch.Id, tag, cancellationToken);
        if (digest is not null && known.State.Digest == digest)
        {
            return null;
        }

        if (known.ETag is not null || watch.Names(tag))
        {
            return (known, false);
        }

        return await store.HasBaselineAsync(watch.Id, cancellationToken) ? (known, true) : null;
    }

    private static (ImageReference? Image, string[] Patterns, Error? Error) Validate(string repository, IReadOnlyList<string> tags)
    {
        var text = repository?.Trim() ?? string.Empty;
        if (!ImageReference.Parse(text).TryGet(out var image, out var malformed))
        {
            return (null, [], WatchErrors.RepositoryMalformed(malformed));
        }

        // A missing tag parses as 'latest', so what was written is looked at.
        if (text.Contains('@', StringComparison.Ordinal) || text.LastIndexOf(':') > text.LastIndexOf('/'))
        {
            return (null, [], WatchErrors.RepositoryPinned(text));
        }

        var wrong = tags.Where(pattern => !TagPattern.IsValid(pattern)).ToList();
        if (wrong.Count > 0)
        {
            return (null, [], WatchErrors.TagMalformed(wrong[0]));
        }

        string[] patterns = [.. tags.Distinct().Order(StringComparer.Ordinal)];
        return patterns.Length is 0 or > TagPattern.MaxPatterns ? (null, [], WatchErrors.TagCount(patterns.Length)) : (image, patterns, null);
    }
}
