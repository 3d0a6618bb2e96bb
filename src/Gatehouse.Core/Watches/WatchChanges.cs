using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Records;
using Gatehouse.Core.Results;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Watches;

/// <summary>What became of one tag at one watch.</summary>
/// <param name="Moved">It points elsewhere, or came, since it was last seen.</param>
/// <param name="Requested">An intake that was not there before was requested for it.</param>
/// <param name="Failed">The intake could not be requested now; the next sweep tries again.</param>
internal sealed record TagChange(bool Moved, bool Requested, bool Failed)
{
    public static TagChange None { get; } = new(false, false, false);
}

/// <summary>
/// Turns a tag that moved into an intake. The intake is requested first and the new digest is remembered after, so that a crash
/// between the two is repaired by whoever looks next; the idempotency key makes the second request the same intake.
/// </summary>
internal sealed class WatchChanges(WatchStore store, IIntakeDesk desk, TimeProvider clock, ILogger<WatchChanges> logger)
{
    private const int MaxAttempts = 10;

    /// <param name="isNews">A tag never seen before counts as a change, rather than as where the watch starts from.</param>
    public async Task<TagChange> ApplyAsync(Watch watch, ImageReference image, StoredTag known, Digest digest, bool isNews, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var state = known.State;
            if (state.Digest == digest)
            {
                return TagChange.None;
            }

            var moved = state.Digest is not null || state.Absent || (known.ETag is null && isNews);
            var next = state with { Digest = digest, Absent = false, Moves = state.Moves + (moved ? 1 : 0) };
            if (!moved)
            {
                if (await store.SaveTagAsync(watch.Id, next, known.ETag, null, cancellationToken))
                {
                    return TagChange.None;
                }
            }
            else if (await RequestAsync(watch, image, state, next, known.ETag, digest, cancellationToken) is { } change)
            {
                return change;
            }

            known = await store.GetTagAsync(watch.Id, state.Tag, cancellationToken);
        }

        throw new RecordStoreException($"Tag {image} of watch {watch.Id} met {MaxAttempts} competing writes.");
    }

    /// <returns>Null when another run changed the tag's row first.</returns>
    private async Task<TagChange?> RequestAsync(
        Watch watch, ImageReference image, WatchedTag before, WatchedTag next, string? etag, Digest digest, CancellationToken cancellationToken)
    {
        var request = new IntakeRequest(
            watch.Scope, image.WithDigest(digest), Actor.System("watch"), IntakeCause.UpstreamUpdate, Key(watch.Id, before.Tag, digest));
        var answer = await desk.RequestAsync(request, cancellationToken);
        if (!answer.TryGet(out var receipt, out var error) && MayPass(error))
        {
            Log.IntakePostponed(logger, watch.Id, image.ToString(), error.Message);
            return new(true, false, true);
        }

        if (error is not null)
        {
            Log.IntakeDeclined(logger, watch.Id, image.ToString(), error.Code, error.Message);
        }

        var moved = WatchEvents.Moved(watch, before, digest, clock.GetUtcNow(), error?.Code ?? receipt!.Intake.Id);
        if (!await store.SaveTagAsync(watch.Id, next, etag, moved, cancellationToken))
        {
            return null;
        }

        Log.TagMoved(logger, watch.Id, image.ToString(), before.Digest?.ToString(), digest.ToString());
        return new(true, receipt is { Created: true }, false);
    }

    /// <summary>The scope may get its policy, the store may answer: such refusals are met again at the next sweep. The others are final for this digest.</summary>
    private static bool MayPass(Error error) => error.Kind is ErrorKind.Unavailable or ErrorKind.NotFound or ErrorKind.PreconditionFailed;

    /// <summary>Hashed, because together the parts exceed what callers may send as a key.</summary>
    private static string Key(string watch, string tag, Digest digest) =>
        "watch-" + Digest.OfBytes(Encoding.UTF8.GetBytes($"{watch}\n{tag}\n{digest}")).Hex;
}
