using System.Collections.Concurrent;
using Gatehouse.Core.Images;

namespace Gatehouse.Core.Tests.Watches;

/// <summary>Upstream registries in memory; counts every request.</summary>
internal sealed class FakeUpstream : IImageResolver
{
    private int _running;
    private int _peak;

    /// <summary>By full name with tag, e.g. <c>docker.io/library/alpine:3.20</c>.</summary>
    public ConcurrentDictionary<string, Digest> Tags { get; } = [];

    /// <summary>Answers in place of a registry's own; by the same names.</summary>
    public ConcurrentDictionary<string, TagState> Instead { get; } = [];

    public TagListing? ListingInstead { get; set; }

    public ConcurrentQueue<string> Heads { get; } = [];

    public ConcurrentQueue<string> Lists { get; } = [];

    /// <summary>The most HEADs that ran at once.</summary>
    public int Peak => _peak;

    public async Task<TagState> HeadAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        Heads.Enqueue(reference.ToString());
        var running = Interlocked.Increment(ref _running);
        InterlockedMax(ref _peak, running);
        await Task.Yield();
        Interlocked.Decrement(ref _running);
        return Instead.TryGetValue(reference.ToString(), out var instead) ? instead
            : Tags.TryGetValue(reference.ToString(), out var digest) ? new TagState.At(digest)
            : new TagState.Gone();
    }

    public Task<TagListing> ListTagsAsync(ImageReference repository, CancellationToken cancellationToken)
    {
        Lists.Enqueue(repository.Name);
        return Task.FromResult(ListingInstead ?? new TagListing.Listed(
            [.. Tags.Keys.Where(name => name.StartsWith(repository.Name + ":", StringComparison.Ordinal)).Select(name => name[(repository.Name.Length + 1)..]).Order(StringComparer.Ordinal)]));
    }

    public Task<Resolution> ResolveAsync(ImageReference reference, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("A watch never resolves.");

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
