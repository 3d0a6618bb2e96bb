using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Policies;

/// <param name="Yaml">The document exactly as it was applied.</param>
/// <param name="Version">Counts from 1 for each scope.</param>
/// <param name="Warnings">Documents below this scope that ask for less than it now does; they are overruled, not broken.</param>
public sealed record AppliedPolicy(Scope Scope, int Version, string Yaml, Actor AppliedBy, DateTimeOffset AppliedAt, string ETag, IReadOnlyList<string> Warnings);

/// <summary>Policies as applied, one document a scope, every version kept.</summary>
public interface IPolicyStore
{
    Task<Result<AppliedPolicy>> GetAsync(Scope scope, CancellationToken cancellationToken);

    Task<IReadOnlyList<AppliedPolicy>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Parses, checks against the ancestors' documents (a child may only tighten) and stores; the same text again changes nothing.</summary>
    /// <param name="ifMatch">The ETag the caller last saw; null applies unconditionally.</param>
    Task<Result<AppliedPolicy>> ApplyAsync(Scope scope, string yaml, Actor actor, string? ifMatch, CancellationToken cancellationToken);
}
