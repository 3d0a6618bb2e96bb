using Gatehouse.Core.Ledger.Publishing;

namespace Gatehouse.Core.Tests.Ledger.Publishing;

/// <summary>A place where notes are created once: what stands there is compared, as the adapters do.</summary>
internal sealed class FakePublisher : ICheckpointPublisher
{
    public SortedDictionary<long, string> Notes { get; } = [];

    public int Calls { get; private set; }

    /// <summary>Why it is away; null when it is not.</summary>
    public string? Away { get; set; }

    public Task<PublicationOutcome> PublishAsync(PublishedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        Calls++;
        if (Away is { } reason)
        {
            return Task.FromResult<PublicationOutcome>(new PublicationOutcome.Failed(reason));
        }

        return Task.FromResult<PublicationOutcome>(Notes.TryAdd(checkpoint.Size, checkpoint.Note) || Notes[checkpoint.Size] == checkpoint.Note
            ? new PublicationOutcome.Published()
            : new PublicationOutcome.Forked($"notes/{checkpoint.Size}"));
    }
}
