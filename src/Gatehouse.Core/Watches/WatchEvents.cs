using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Core.Watches;

internal static class WatchEvents
{
    public static LedgerEvent Created(Watch watch) => Make(watch, LedgerEventTypes.WatchCreated, watch.CreatedBy, watch.CreatedAt, 0);

    public static LedgerEvent Deleted(Watch watch, Actor by, DateTimeOffset at) => Make(watch, LedgerEventTypes.WatchDeleted, by, at, 1);

    /// <param name="outcome">The intake's id, or the code of its refusal.</param>
    public static LedgerEvent Moved(Watch watch, WatchedTag before, Digest digest, DateTimeOffset at, string outcome)
    {
        var tag = Digest.OfBytes(Encoding.UTF8.GetBytes(before.Tag)).Short;
        return new(
            LedgerEvent.MakeId(at, $"watch.{watch.Id}.{tag}", before.Moves),
            at,
            LedgerEventTypes.UpstreamMoved,
            "system:watch",
            $"watch:{watch.Id}",
            watch.Scope,
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["after"] = digest.ToString(),
                ["before"] = before.Digest?.ToString() ?? string.Empty,
                ["outcome"] = outcome,
                ["repository"] = watch.Repository,
                ["tag"] = before.Tag,
            });
    }

    private static LedgerEvent Make(Watch watch, string type, Actor actor, DateTimeOffset at, int sequence) => new(
        LedgerEvent.MakeId(at, $"watch.{watch.Id}", sequence),
        at,
        type,
        actor.Id,
        $"watch:{watch.Id}",
        watch.Scope,
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["repository"] = watch.Repository,
            ["tags"] = string.Join(' ', watch.Tags),
        });
}
