using Gatehouse.Core.Evidence;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Policies;

/// <summary>What a scope's policies, composed from its organization down, want and say.</summary>
public interface IEffectivePolicy
{
    Scope Scope { get; }

    /// <summary>The scanners whose reports the rules rest on, by name, in ordinal order.</summary>
    IReadOnlyList<string> WantedScanners { get; }

    /// <summary>Runs every rule; never stops at the first failure.</summary>
    Verdict Judge(EvidenceSet evidence, DateTimeOffset now);
}

public interface IPolicyProvider
{
    /// <summary>The effective policy of <paramref name="scope"/>; refused with <c>scope-unknown</c> when not even its organization has a document.</summary>
    Task<Result<IEffectivePolicy>> GetEffectiveAsync(Scope scope, CancellationToken cancellationToken);
}
