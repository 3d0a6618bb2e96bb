using Gatehouse.Core.Ledger.Publishing;

namespace Gatehouse.Core.Tests.Ledger.Publishing;

/// <summary>A place where notes are created once: what stands there is compared, as the adapters do.</summary>
internal sealed class FakePublisher : ICheckpointPublisher
{
    public SortedDictionary<long, string> Notes { get; } = [];

    public int Calls { get; private set; }

    /// <summary>Why it is away; null when it is not.</summary>
    public string? Away { get; set; }

    /// <summary>Set where it takes calls and never answers them.</summary>
    public TaskCompletionSource? Asked { get; set; }

    public async Task<PublicationOutcome> PublishAsync(PublishedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        Calls++;
        if (Asked is { } asked)
        {
            asked.TrySetResult();
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }

        if (Away is { } reason)
        {
            return new PublicationOutcome.Failed(reason);
        }

        return Notes.TryAdd(checkpoint.Size, checkpoint.Note) || Notes[checkpoint.Size] == checkpoint.Note
            ? new PublicationOutcome.Published()
            : new PublicationOutcome.Forked($"notes/{checkpoint.Size}");
    }
}
