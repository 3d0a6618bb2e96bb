namespace Gatehouse.Azure.Storage;

/// <summary>The tables and queues of <c>Gatehouse:Azure:Storage:Namespace</c>, as a whole.</summary>
public interface IStorageNamespace
{
    /// <summary>Deletes them all, for good.</summary>
    /// <exception cref="InvalidOperationException">There is no namespace: everything in the account would go.</exception>
    /// <exception cref="IOException">The account refused; some may be left.</exception>
    Task RemoveAsync(CancellationToken cancellationToken);
}
