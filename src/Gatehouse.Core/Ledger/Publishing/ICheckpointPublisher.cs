namespace Gatehouse.Core.Ledger.Publishing;

/// <summary>One signed checkpoint as others get it.</summary>
/// <param name="Note">The signed note: see <see cref="SignedNote"/>.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo (DER) of the key it is signed with.</param>
public sealed record PublishedCheckpoint(string Origin, long Size, string Note, byte[] PublicKey);

public abstract record PublicationOutcome
{
    private PublicationOutcome()
    {
    }

    /// <summary>It is there, written now or by an earlier try.</summary>
    public sealed record Published : PublicationOutcome;

    /// <summary>Another checkpoint of this size is there: somebody continued another history of this ledger.</summary>
    /// <param name="Place">Where it is.</param>
    public sealed record Forked(string Place) : PublicationOutcome;

    public sealed record Failed(string Reason) : PublicationOutcome;
}

/// <summary>Keeps checkpoints where we can add and never change. Safe to repeat: a checkpoint that is there already stays what it is.</summary>
public interface ICheckpointPublisher
{
    Task<PublicationOutcome> PublishAsync(PublishedCheckpoint checkpoint, CancellationToken cancellationToken);
}
