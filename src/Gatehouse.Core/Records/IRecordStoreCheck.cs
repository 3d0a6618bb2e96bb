namespace Gatehouse.Core.Records;

/// <summary>Asks a store on this machine whether it can be used at all. A remote store has none: its being away is no reason to restart us.</summary>
public interface IRecordStoreCheck
{
    /// <summary>What is wrong, with the file it is about; null when the store is open.</summary>
    Task<string?> FindProblemAsync(CancellationToken cancellationToken);
}
