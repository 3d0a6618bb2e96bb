using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Watches;

/// <summary>An upstream repository followed for a scope.</summary>
/// <param name="Repository">Registry and repository; neither tag nor digest.</param>
/// <param name="Tags">Tag patterns: exact names, or with <c>*</c> and <c>?</c>.</param>
public sealed record Watch(string Id, Scope Scope, string Repository, IReadOnlyList<string> Tags, Actor CreatedBy, DateTimeOffset CreatedAt);

/// <summary>What a sweep did.</summary>
public sealed record SweepReport(int Watches, int Tags, int Moved, int Failed, int Intakes);

/// <summary>Upstream repositories followed for changes.</summary>
public interface IWatchService
{
    Task<Result<Watch>> CreateAsync(Scope scope, string repository, IReadOnlyList<string> tags, Actor actor, CancellationToken cancellationToken);

    Task<IReadOnlyList<Watch>> ListAsync(CancellationToken cancellationToken);

    Task<Result<Unit>> DeleteAsync(string id, Actor actor, CancellationToken cancellationToken);

    /// <summary>One HEAD a watched tag; one tag list a watch whose patterns have wildcards.</summary>
    Task<SweepReport> SweepAsync(CancellationToken cancellationToken);

    /// <summary>An upstream says a tag was pushed. Does nothing when no watch covers it, or when the digest is known already. Idempotent by <paramref name="eventId"/>.</summary>
    /// <param name="image">Registry, repository and tag; the digest if the event names one.</param>
    Task<int> OnUpstreamPushedAsync(string eventId, ImageReference image, CancellationToken cancellationToken);
}
