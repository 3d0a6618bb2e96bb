namespace Gatehouse.Core.Readiness;

/// <summary>
/// Asks one part whether it can do its work; any number may be registered. Anyone may ask at any rate, so an answer from another machine
/// is kept for a while. What is merely slow or has a queue to wait in is no problem.
/// </summary>
public interface IReadinessCheck
{
    /// <summary>What is wrong, in a sentence that names the file, key or resource, and never a secret; null when nothing is.</summary>
    Task<string?> FindProblemAsync(CancellationToken cancellationToken);
}
