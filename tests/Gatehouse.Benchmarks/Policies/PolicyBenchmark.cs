using Gatehouse.Benchmarks.Measuring;
using Gatehouse.Benchmarks.Reporting;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Policies;

namespace Gatehouse.Benchmarks.Policies;

/// <summary>How fast an effective policy judges evidence, against merely looking at every finding once.</summary>
internal sealed class PolicyBenchmark : IBenchmark
{
    /// <summary>The floor is so fast that it is repeated more often, for the clock's sake.</summary>
    private const int TouchFactor = 20;

    public string Name => "policies";

    public async Task<Section> RunAsync(BenchmarkPlan plan, CancellationToken cancellationToken)
    {
        await using var samples = await SamplePolicies.ApplyAsync(cancellationToken);
        var policies = new List<IEffectivePolicy>();
        foreach (var scope in samples.Scopes)
        {
            policies.Add(await samples.GetEffectiveAsync(scope, cancellationToken));
        }

        var evidence = SampleEvidence.Create();
        var once = policies.Count * evidence.Count;
        var measured = await Rounds.RunAsync(
            plan.Repetitions,
            [
                new("judge", _ => Task.FromResult(Rounds.Time(plan.PolicyPasses * once, () => Judge(policies, evidence, plan.PolicyPasses)))),
                new("touch", _ => Task.FromResult(Rounds.Time(plan.PolicyPasses * TouchFactor * once, () => Touch(evidence, plan.PolicyPasses * TouchFactor * policies.Count)))),
                new("compose and judge", token => Rounds.TimeAsync(plan.PolicyPasses * once, () => ComposeAsync(samples, evidence, plan.PolicyPasses, token))),
            ],
            cancellationToken);
        return new Section(
            "Policy evaluation",
            $"The effective policies of the {policies.Count} sample scopes judge {evidence.Count} candidates with two scan reports each, 0 to 350 findings a report "
            + $"({evidence.Average(CountFindings):F0} findings a candidate on average), on one thread. The floor adds up the severities of the same findings and does nothing else.",
            [new("judging a candidate by an effective policy", "touching the candidate's findings", measured[0].Over(measured[1]))],
            [
                new("judging by an effective policy at hand", "evaluation", measured[0]),
                new("reading and composing the scope's policies from the store, then judging", "evaluation", measured[2]),
                new("touching the findings", "evaluation", measured[1]),
            ],
            [
                $"Allocated: {Allocated(policies, evidence):N0} bytes an evaluation.",
                $"The verdicts: {Verdicts(policies, evidence)}.",
            ]);
    }

    private static int Judge(List<IEffectivePolicy> policies, IReadOnlyList<EvidenceSet> evidence, int passes)
    {
        var rules = 0;
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var policy in policies)
            {
                rules += JudgeAll(policy, evidence);
            }
        }

        return rules;
    }

    /// <summary>A method of its own, called often, so that the runtime compiles it as well as it can.</summary>
    private static int JudgeAll(IEffectivePolicy policy, IReadOnlyList<EvidenceSet> evidence)
    {
        var rules = 0;
        foreach (var candidate in evidence)
        {
            rules += policy.Judge(candidate, SampleEvidence.Now).Rules.Count;
        }

        return rules;
    }

    private static int Touch(IReadOnlyList<EvidenceSet> evidence, int passes)
    {
        var severities = 0;
        for (var pass = 0; pass < passes; pass++)
        {
            severities += TouchAll(evidence);
        }

        return severities;
    }

    /// <inheritdoc cref="JudgeAll"/>
    private static int TouchAll(IReadOnlyList<EvidenceSet> evidence)
    {
        var severities = 0;
        foreach (var candidate in evidence)
        {
            foreach (var scan in candidate.Scans)
            {
                var findings = scan.Report!.Findings;
                for (var i = 0; i < findings.Count; i++)
                {
                    severities += (int)findings[i].Severity;
                }
            }
        }

        return severities;
    }

    private static async Task ComposeAsync(SamplePolicies samples, IReadOnlyList<EvidenceSet> evidence, int passes, CancellationToken cancellationToken)
    {
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var scope in samples.Scopes)
            {
                foreach (var candidate in evidence)
                {
                    (await samples.GetEffectiveAsync(scope, cancellationToken)).Judge(candidate, SampleEvidence.Now);
                }
            }
        }
    }

    private static double Allocated(List<IEffectivePolicy> policies, IReadOnlyList<EvidenceSet> evidence)
    {
        const int Passes = 10;
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = Judge(policies, evidence, Passes);
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / (Passes * policies.Count * evidence.Count);
    }

    private static string Verdicts(List<IEffectivePolicy> policies, IReadOnlyList<EvidenceSet> evidence) => string.Join(", ", policies
        .SelectMany(policy => evidence.Select(candidate => policy.Judge(candidate, SampleEvidence.Now).Kind))
        .GroupBy(kind => kind)
        .OrderBy(kinds => kinds.Key)
        .Select(kinds => $"{kinds.Count()} {kinds.Key}"));

    private static double CountFindings(EvidenceSet evidence) => evidence.Scans.Sum(scan => scan.Report!.Findings.Count);
}
