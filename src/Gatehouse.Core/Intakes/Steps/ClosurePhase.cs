using System.Globalization;
using System.Text;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Core.Intakes.Steps;

/// <param name="Receipts">Of the registries that were found complete this time.</param>
/// <param name="Waiting">Why others are not; null when all asked are.</param>
internal sealed record ClosureResult(IReadOnlyList<ClosureReceipt> Receipts, IReadOnlyList<IntakeEvent> Events, string? Waiting, TimeSpan? RetryAfter);

/// <summary>
/// Between replication and release: does each registry list what refers to the image? Every manifest was proven at every replica by
/// then, so the home replica alone is asked: about the image, and about whatever else is referred to.
/// </summary>
internal sealed class ClosurePhase(IReferrerReader referrers, IReplicaReader replicas, IReleasedImages released, IExpectedImages expected, StepOutcomes outcomes)
{
    /// <summary>Registries of one turn: their events share a batch with those of the replicas.</summary>
    private const int MaxRegistries = IIntakeStep.MaxMoves - 4;

    /// <summary>Extra referrers that an event names.</summary>
    private const int MaxNamed = 20;

    public static bool IsClosed(EstateMap map, Intake intake) => !Open(map, intake).Any();

    public async Task<ClosureResult> RunAsync(EstateMap map, Intake intake, CancellationToken cancellationToken)
    {
        var comparisons = new List<Comparison>();
        foreach (var registry in Open(map, intake).Take(MaxRegistries))
        {
            comparisons.Add(await CompareAsync(registry, intake, cancellationToken));
        }

        var open = comparisons.Where(comparison => comparison.Waiting is not null).ToList();
        return new ClosureResult(
            [.. comparisons.Select(comparison => comparison.Receipt).OfType<ClosureReceipt>()],
            [.. comparisons.Select(comparison => comparison.Event).OfType<IntakeEvent>()],
            open.Count == 0 ? null : string.Join(", ", open.Select(comparison => comparison.Waiting)),
            open.Select(comparison => comparison.RetryAfter).Max());
    }

    private static IEnumerable<RegistryDefinition> Open(EstateMap map, Intake intake) => map.Registries.Where(registry =>
        intake.Replicas.Any(proof => proof.Registry == registry.Name) && intake.Closures.All(receipt => receipt.Registry != registry.Name));

    private async Task<Comparison> CompareAsync(RegistryDefinition registry, Intake intake, CancellationToken cancellationToken)
    {
        var candidate = intake.Candidate!;

        // What only a tag names has no subject that a registry could list it under; it counts as found where it was proven served.
        var links = candidate.Links.Where(link => link.Tag is null).ToLookup(link => link.Subject, link => link.Referrer);
        var found = candidate.Links.Where(link => link.Tag is not null).Select(link => link.Referrer).ToHashSet();
        var extra = new SortedSet<Digest>();
        foreach (var subject in links.Select(group => group.Key).Prepend(candidate.Digest).Distinct())
        {
            var wanted = links[subject].ToHashSet();
            var listing = await referrers.ListAsync(registry.Home, intake.TargetRepository, subject, cancellationToken);
            if (listing.Digests is not null && !listing.FromApi)
            {
                return await CompareManifestsAsync(registry, intake, cancellationToken);
            }

            if (listing.Digests is null)
            {
                return new Comparison($"{registry.Name} does not say what refers to {subject.Short}: {listing.Reason}") { RetryAfter = listing.RetryAfter };
            }

            found.UnionWith(listing.Digests.Where(wanted.Contains));
            extra.UnionWith(listing.Digests.Where(digest => !wanted.Contains(digest)));
        }

        return Conclude(registry, intake, found, await UnknownAsync(intake.TargetRepository, extra, cancellationToken), "referrers");
    }

    /// <summary>For a registry without the referrers API: encrypted with a customer's key, it has none.</summary>
    private async Task<Comparison> CompareManifestsAsync(RegistryDefinition registry, Intake intake, CancellationToken cancellationToken)
    {
        if (intake.Candidate!.Links.Count == 0)
        {
            return Conclude(registry, intake, [], [], "manifests");
        }

        var listing = await replicas.ListManifestsAsync(registry.Home, intake.TargetRepository, cancellationToken);
        if (listing.Rows is null)
        {
            return new Comparison($"{registry.Name} has no referrers API and does not list its manifests: {listing.Reason}") { RetryAfter = listing.RetryAfter };
        }

        var listed = listing.Rows.Select(row => row.Digest).ToHashSet();
        listed.IntersectWith(intake.Candidate.Links.Select(link => link.Referrer));
        return Conclude(registry, intake, listed, [], "manifests");
    }

    private Comparison Conclude(RegistryDefinition registry, Intake intake, HashSet<Digest> found, IReadOnlyList<Digest> extra, string source)
    {
        var wanted = new SortedSet<Digest>(intake.Candidate!.Links.Select(link => link.Referrer));
        var missing = wanted.Where(digest => !found.Contains(digest)).ToList();
        if (missing.Count > 0)
        {
            return new Comparison($"{registry.Name} lists {wanted.Count - missing.Count} of {wanted.Count} referrers; missing {string.Join(' ', missing.Take(MaxNamed))}");
        }

        var sha256 = Digest.OfBytes(Encoding.UTF8.GetBytes(string.Concat(wanted.Select(digest => $"{digest}\n")))).Hex;
        var receipt = new ClosureReceipt(registry.Name, wanted.Count, found.Count, sha256, extra.Count, outcomes.Now);
        return new Comparison(null)
        {
            Receipt = receipt,
            Event = IntakeEvent.Of(
                LedgerEventTypes.ReferrersClosed,
                StepOutcomes.Workflow,
                ("registry", registry.Name),
                ("digest", intake.Candidate.Digest.ToString()),
                ("expected", receipt.Expected.ToString(CultureInfo.InvariantCulture)),
                ("found", receipt.Found.ToString(CultureInfo.InvariantCulture)),
                ("sha256", sha256),
                ("missing", "none"),
                ("extra", Name(extra)),
                ("source", source)),
        };
    }

    private static string Name(IReadOnlyList<Digest> extra) => extra.Count switch
    {
        0 => "none",
        <= MaxNamed => string.Join(' ', extra),
        _ => $"{string.Join(' ', extra.Take(MaxNamed))} and {extra.Count - MaxNamed} more",
    };

    /// <summary>What another intake brought, or a release attached, is no stranger.</summary>
    private async Task<IReadOnlyList<Digest>> UnknownAsync(string repository, IEnumerable<Digest> extra, CancellationToken cancellationToken)
    {
        var unknown = new List<Digest>();
        foreach (var digest in extra)
        {
            if (!await expected.IsExpectedAsync(repository, digest, cancellationToken) && !await released.IsKnownAsync(repository, digest, cancellationToken))
            {
                unknown.Add(digest);
            }
        }

        return unknown;
    }

    /// <param name="Waiting">Why there is no receipt yet.</param>
    private sealed record Comparison(string? Waiting)
    {
        public TimeSpan? RetryAfter { get; init; }

        public ClosureReceipt? Receipt { get; init; }

        public IntakeEvent? Event { get; init; }
    }
}
