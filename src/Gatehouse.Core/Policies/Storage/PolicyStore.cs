using System.Text.Json;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Policies.Documents;
using Gatehouse.Core.Policies.Patterns;
using Gatehouse.Core.Policies.Rules;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Policies.Storage;

internal sealed class PolicyStore(IRecordStore records, PolicyArchive archive, LedgerOutbox outbox, TimeProvider clock, ILogger<PolicyStore> logger)
    : IPolicyStore, IPolicyProvider
{
    /// <summary>Tries of one apply against others in the same organization.</summary>
    internal const int MaxAttempts = 8;

    /// <summary>If-Match with this value asks only that there is a version. Source: RFC 9110 section 13.1.1.</summary>
    private const string AnyETag = "*";

    public async Task<Result<IEffectivePolicy>> GetEffectiveAsync(Scope scope, CancellationToken cancellationToken)
    {
        var chain = await archive.FindChainAsync(scope, cancellationToken);
        if (chain.Count == 0 || chain[0].Scope != scope.Root)
        {
            return PolicyErrors.ScopeUnknown(scope);
        }

        return Read(chain).TryGet(out var documents, out var error)
            ? new EffectivePolicy(
                scope,
                Composer.Compose(documents.Select(document => document.Rules)),
                string.Join(' ', chain.Select(policy => $"{policy.Scope}@{policy.Version.Version}")),
                PolicyRules.All)
            : error;
    }

    public async Task<Result<AppliedPolicy>> GetAsync(Scope scope, CancellationToken cancellationToken) =>
        await archive.FindAsync(scope, cancellationToken) is { } policy
            ? await DescribeAsync(policy, cancellationToken)
            : PolicyErrors.PolicyUnknown(scope);

    public async Task<IReadOnlyList<AppliedPolicy>> ListAsync(CancellationToken cancellationToken)
    {
        var listed = new List<AppliedPolicy>();
        foreach (var partition in await archive.ListPartitionsAsync(cancellationToken))
        {
            await outbox.FlushAsync(PolicyKeys.Table, partition, cancellationToken);
            var policies = await archive.FindAllAsync(partition, cancellationToken);
            listed.AddRange(policies.Select(policy => Describe(policy, policies)));
        }

        return [.. listed.OrderBy(policy => policy.Scope.Path, StringComparer.Ordinal)];
    }

    public async Task<Result<AppliedPolicy>> ApplyAsync(Scope scope, string yaml, Actor actor, string? ifMatch, CancellationToken cancellationToken)
    {
        if (!PolicyParser.Parse(yaml, scope).TryGet(out var document, out var malformed))
        {
            Log.PolicyRefused(logger, scope, malformed.Code);
            return malformed;
        }

        await outbox.FlushAsync(PolicyKeys.Table, PolicyKeys.Partition(scope), cancellationToken);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await TryApplyAsync(document, yaml, actor, ifMatch, cancellationToken) is { } settled)
            {
                return settled;
            }

            Log.ApplyContended(logger, scope, attempt);
        }

        return PolicyErrors.Contended(scope);
    }

    /// <summary>Null when another apply in the organization came between.</summary>
    private async Task<Result<AppliedPolicy>?> TryApplyAsync(PolicyDocument document, string yaml, Actor actor, string? ifMatch, CancellationToken cancellationToken)
    {
        // Read before all else: what is judged below cannot change without changing this row.
        var guard = await records.GetAsync(new RecordKey(PolicyKeys.Table, PolicyKeys.Partition(document.Scope), PolicyKeys.OrganizationRow), cancellationToken);
        var chain = await archive.FindChainAsync(document.Scope, cancellationToken);
        var current = chain.FirstOrDefault(policy => policy.Scope == document.Scope);
        if (current is not null && current.Version.Yaml == yaml)
        {
            // Whatever version the caller last saw: the state it asks for is there. Source: RFC 9110 section 13.1.1.
            Log.PolicyUnchanged(logger, document.Scope, current.Version.Version);
            return await DescribeAsync(current, cancellationToken);
        }

        if (ifMatch is not null && (current is null || (ifMatch != AnyETag && ifMatch != current.ETag)))
        {
            return PolicyErrors.ETagDiffers(document.Scope, ifMatch, current?.ETag);
        }

        if (Check(document, [.. chain.Where(policy => policy != current)]) is { } refusal)
        {
            Log.PolicyRefused(logger, document.Scope, refusal.Code);
            return refusal;
        }

        var version = PolicyVersion.Create((current?.Version.Version ?? 0) + 1, yaml, actor, clock.GetUtcNow());
        if (await CommitAsync(document, version, current, guard, cancellationToken) is not { } etag)
        {
            return null;
        }

        return await FinishAsync(new ArchivedPolicy(document.Scope, version, etag, document), cancellationToken);
    }

    private async Task<AppliedPolicy> FinishAsync(ArchivedPolicy policy, CancellationToken cancellationToken)
    {
        await outbox.FlushAsync(PolicyKeys.Table, PolicyKeys.Partition(policy.Scope), cancellationToken);
        var applied = await DescribeAsync(policy, cancellationToken);
        Log.PolicyApplied(logger, policy.Scope, applied.Version, applied.AppliedBy.Id, applied.Warnings.Count);
        return applied;
    }

    private static Error? Check(PolicyDocument document, IReadOnlyList<ArchivedPolicy> above)
    {
        if (document.Scope.Parent is not null && (above.Count == 0 || above[0].Scope != document.Scope.Root))
        {
            return PolicyErrors.ScopeUnknown(document.Scope);
        }

        if (!Read(above).TryGet(out var ancestors, out var unreadable))
        {
            return unreadable;
        }

        var cover = new PatternCover();
        var loosenings = ancestors.SelectMany(ancestor => Tightening.FindLoosenings(document, ancestor, cover)).ToList();
        if (loosenings.Count > 0)
        {
            return PolicyErrors.Loosens(document.Scope, loosenings);
        }

        var composed = Composer.Compose([.. ancestors.Select(ancestor => ancestor.Rules), document.Rules]);
        return document.Rules.MaxSeverity is { } ceiling && composed.Scanners.Count == 0 ? PolicyErrors.NoScanner(document.Scope, ceiling.Origin) : null;
    }

    /// <summary>The ETag of the new head; null when another apply came between.</summary>
    private async Task<string?> CommitAsync(PolicyDocument document, PolicyVersion version, ArchivedPolicy? current, Record? guard, CancellationToken cancellationToken)
    {
        var partition = PolicyKeys.Partition(document.Scope);
        var head = JsonSerializer.SerializeToUtf8Bytes(new PolicyHead(version.Version, version.Sha256), PolicyJson.Default.PolicyHead);
        var batch = new RecordBatch(PolicyKeys.Table, partition);
        _ = current is null ? batch.Insert(PolicyKeys.HeadRow(document.Scope), head) : batch.Replace(PolicyKeys.HeadRow(document.Scope), head, current.ETag);
        batch.Insert(PolicyKeys.DocumentRow(document.Scope, version.Version), JsonSerializer.SerializeToUtf8Bytes(version, PolicyJson.Default.PolicyVersion));
        LedgerOutbox.Add(batch, PolicyEvents.Applied(document.Scope, version));
        if (guard is null)
        {
            // Before the first document: an index row without documents is harmless, documents without an index row are not listed.
            await records.CommitAsync(new RecordBatch(PolicyKeys.Table, PolicyKeys.IndexPartition).Upsert(partition, "{}"u8.ToArray()), cancellationToken);
            batch.Insert(PolicyKeys.OrganizationRow, Organization(1));
        }
        else
        {
            batch.Replace(PolicyKeys.OrganizationRow, Organization(PolicyJson.Read(guard, PolicyJson.Default.PolicyOrganization).Applies + 1), guard.ETag);
        }

        var result = await records.CommitAsync(batch, cancellationToken);
        return result.IsCommitted ? result.ETags[0] : null;

        static byte[] Organization(long applies) => JsonSerializer.SerializeToUtf8Bytes(new PolicyOrganization(applies), PolicyJson.Default.PolicyOrganization);
    }

    private async Task<AppliedPolicy> DescribeAsync(ArchivedPolicy policy, CancellationToken cancellationToken) =>
        Describe(policy, await archive.FindBelowAsync(policy.Scope, cancellationToken));

    private static AppliedPolicy Describe(ArchivedPolicy policy, IReadOnlyList<ArchivedPolicy> others) => new(
        policy.Scope,
        policy.Version.Version,
        policy.Version.Yaml,
        policy.Version.AppliedBy,
        policy.Version.AppliedAt,
        policy.ETag,
        PolicyWarnings.Find(policy, others));

    /// <summary>All documents, or the first that no longer reads: a chain with a hole would ask for less.</summary>
    private static Result<IReadOnlyList<PolicyDocument>> Read(IReadOnlyList<ArchivedPolicy> policies)
    {
        var documents = new List<PolicyDocument>();
        foreach (var policy in policies)
        {
            if (!policy.Document.TryGet(out var document, out var error))
            {
                return PolicyErrors.Unreadable(policy, error);
            }

            documents.Add(document);
        }

        return documents;
    }
}
