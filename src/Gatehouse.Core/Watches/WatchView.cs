using Gatehouse.Core.Images;

namespace Gatehouse.Core.Watches;

/// <summary>One watch during one sweep: what it knows, and which tags it follows now.</summary>
internal sealed class WatchView
{
    private readonly IReadOnlyDictionary<string, StoredTag> _known;

    /// <param name="listed">The repository's tags; null when no list was asked for or given, then known tags are followed.</param>
    public WatchView(Watch watch, IReadOnlyDictionary<string, StoredTag> known, bool hasBaseline, IReadOnlyList<string>? listed, int maxTags)
    {
        (Watch, _known, HasBaseline) = (watch, known, hasBaseline);
        var exact = watch.Tags.Where(TagPattern.IsExact).ToList();
        var matched = watch.HasWildcards()
            ? (listed ?? [.. known.Keys]).Where(watch.Covers).Where(ImageReference.IsTag).Except(exact).ToList()
            : [];
        Matched = matched.Count;
        Tags = matched.Count > maxTags ? exact : [.. exact, .. matched];
    }

    public Watch Watch { get; }

    public bool HasBaseline { get; }

    /// <summary>How many tags the wildcards match.</summary>
    public int Matched { get; }

    public IReadOnlyList<string> Tags { get; }

    public StoredTag Known(string tag) => _known.GetValueOrDefault(tag) ?? new StoredTag(new WatchedTag(tag, null, false, 0), null);

    /// <summary>Whether a tag never seen before is a new one: it came under a wildcard after the baseline.</summary>
    public bool IsNews(string tag) => HasBaseline && !Watch.Names(tag) && !_known.ContainsKey(tag);

    /// <summary>What is written of a tag at first sight: where it points, that it is not there, or for a listed tag merely that it exists. Null writes nothing.</summary>
    public WatchedTag? First(string tag, TagState? head) => head switch
    {
        TagState.At at => new(tag, at.Digest, false, 0),
        TagState.Gone when Watch.Names(tag) => new(tag, null, true, 0),
        _ when Watch.Names(tag) => null,
        _ => new(tag, null, false, 0),
    };
}
