namespace Gatehouse.Core.Records;

/// <summary>Asks the store whether it can be used at all: cheaply, within seconds, and as often as anyone likes.</summary>
public interface IRecordStoreCheck
{
    /// <summary>What is wrong, with the file or account it is about; null when the store can be used.</summary>
    Task<string?> FindProblemAsync(CancellationToken cancellationToken);
}
