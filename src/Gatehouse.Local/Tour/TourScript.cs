using System.Text.Json.Nodes;
using Gatehouse.Local.Api;
using Gatehouse.Local.Hosting;
using Gatehouse.Local.Reports;
using Gatehouse.Local.Samples;

namespace Gatehouse.Local.Tour;

/// <summary>The whole way of one image, and of four that must not get in, through the public API of a running estate.</summary>
internal sealed partial class TourScript(LocalEstate estate, RunConsole console, TimeProvider clock)
{
    /// <summary>The start, and those of <see cref="Steps"/>.</summary>
    public const int StepCount = 11;

    private const string ApiScope = "contoso/payments/ledger/api";
    private const string PaymentsScope = "contoso/payments";
    private const string Outage = "northeurope";

    private static readonly TimeSpan StepLimit = TimeSpan.FromMinutes(1);

    private readonly GatehouseApi _rita = estate.As(LocalPeople.Rita);
    private readonly GatehouseApi _adam = estate.As(LocalPeople.Adam);
    private readonly Dictionary<string, string> _intakes = [];
    private readonly List<ReleasedReport> _released = [];
    private readonly List<RefusedReport> _refused = [];
    private JsonNode? _firstCheckpoint;
    private LedgerReport? _ledger;
    private EventsReport? _events;

    public IReadOnlyList<RunStep> Steps =>
    [
        new("request", "The payments team requests five images", RequestAsync),
        new("judge", "Each is resolved to a digest, scanned and judged", JudgeAsync),
        new("refuse", "Policy keeps three out, and says which rule of which scope", RefuseAsync),
        new("separate-duties", "The requester cannot approve her own request", SeparateDutiesAsync),
        new("approve", "The registry administrator approves", ApproveAsync),
        new("release", "Imported by digest with its referrers, proven region by region, attested, tagged and locked", ReleaseAsync),
        new("pull", "Every replica serves it to an ordinary client", PullAsync),
        new("upstream-moves", "An upstream tag moves: an event arrives, a new intake appears", MoveUpstreamAsync),
        new("region-down", "A region goes down; the probe sees it, and its return", RegionDownAsync),
        new("ledger", "The ledger proves all of it", VerifyLedgerAsync),
    ];

    public RunReport Report(IReadOnlyList<StepReport> steps) => new(steps, _released, _refused, _ledger) { Events = _events };

    private async Task RequestAsync(CancellationToken cancellationToken)
    {
        await SubmitAsync("api", SampleCatalog.Api, SampleCatalog.ApiTag, ApiScope, cancellationToken);
        await SubmitAsync("worker", SampleCatalog.Worker, SampleCatalog.WorkerTag, PaymentsScope, cancellationToken);
        await SubmitAsync("legacy", SampleCatalog.Legacy, SampleCatalog.LegacyTag, PaymentsScope, cancellationToken);
        await SubmitAsync("untrusted", SampleCatalog.Untrusted, SampleCatalog.UntrustedTag, PaymentsScope, cancellationToken);
        await SubmitAsync("huge", SampleCatalog.Huge, SampleCatalog.HugeTag, PaymentsScope, cancellationToken);
    }

    private async Task SubmitAsync(string name, string repository, string tag, string scope, CancellationToken cancellationToken)
    {
        var image = $"{estate.UpstreamHost}/{repository}:{tag}";
        var intake = await _rita.RequestAsync(image, scope, cancellationToken);
        _intakes[name] = intake["id"]!.GetValue<string>();
        console.Say($"{image} for {scope}: intake {_intakes[name]}");
    }

    private async Task JudgeAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, id) in _intakes)
        {
            var intake = await _rita.ForIntakeAsync(id, state => state is "AwaitingApproval" or "Refused" or "Faulted", StepLimit, clock, cancellationToken);
            var verdict = intake["verdict"]?["kind"]?.GetValue<string>() ?? "none";
            console.Say($"{name}: {intake["digest"]?.GetValue<string>()[..19]}…, verdict {verdict}");
            foreach (var rule in intake["verdict"]?["rules"]?.AsArray() ?? [])
            {
                var line = $"{rule!["rule"]!.GetValue<string>()}: {rule["reason"]!.GetValue<string>()}";
                if (string.Equals(rule["outcome"]!.GetValue<string>(), "fail", StringComparison.OrdinalIgnoreCase))
                {
                    console.Bad("  " + line);
                }
                else
                {
                    console.Good("  " + line);
                }
            }
        }
    }

    private async Task RefuseAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, rule) in new[] { ("legacy", "vulnerabilities"), ("untrusted", "sources"), ("huge", "size") })
        {
            var intake = await _rita.IntakeAsync(_intakes[name], cancellationToken);
            var refusals = IntakeReports.Refused(intake).ToList();
            if (Waiting.StateOf(intake) != "Refused" || refusals.TrueForAll(refusal => refusal.Rule != rule))
            {
                throw new StepFailedException($"{name} should have been refused by '{rule}', but is {Waiting.StateOf(intake)}");
            }

            _refused.AddRange(refusals.Where(refusal => IntakeReports.Rules(intake, "fail").Any(failed => failed["rule"]!.GetValue<string>() == refusal.Rule)));
        }

        foreach (var refusal in _refused)
        {
            console.Bad($"{refusal.Image}: {refusal.Rule} of {refusal.Scope}: {refusal.Reason}");
        }
    }

    private async Task SeparateDutiesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _rita.ApproveAsync(_intakes["api"], "looks fine to me", cancellationToken);
        }
        catch (ApiException refusal) when (refusal is { Status: 403, Code: "approval-own-request" })
        {
            console.Good($"403 {refusal.Code}: {refusal.Detail}");
            return;
        }

        throw new StepFailedException("the requester approved her own request");
    }

    private async Task ApproveAsync(CancellationToken cancellationToken)
    {
        foreach (var name in new[] { "api", "worker" })
        {
            var intake = await _adam.ApproveAsync(_intakes[name], "reviewed in the tour", cancellationToken);
            console.Good($"{name}: {intake["approvals"]!.AsArray().Count} of {intake["verdict"]!["approvalsNeeded"]} approvals, by {intake["approvals"]![0]!["by"]!["name"]}");
        }

        _firstCheckpoint = await CheckpointWithAsync("intake.approved", cancellationToken);
        console.Say($"first checkpoint kept: {_firstCheckpoint["size"]} entries");
    }

    private async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        foreach (var name in new[] { "api", "worker" })
        {
            var intake = await _rita.ForIntakeAsync(_intakes[name], state => state is "Released" or "Faulted", StepLimit, clock, cancellationToken);
            if (Waiting.StateOf(intake) != "Released")
            {
                throw new StepFailedException($"{name} is {Waiting.StateOf(intake)}: {intake["reason"]}");
            }

            var report = IntakeReports.Released(intake);
            _released.Add(report);
            console.Good($"{name}: {intake["targetRepository"]}:{intake["targetTags"]![0]} released and locked");
            foreach (var registry in report.Registries)
            {
                if (registry.Closure is not { } closure || closure.Found != closure.Expected)
                {
                    throw new StepFailedException($"{registry.Name} has no receipt for what refers to {name}");
                }

                console.Say($"  {registry.Name} serves {closure.Found} of {closure.Expected} referrers (closure {closure.Sha256[..12]}…)");
            }

            console.Good($"  attested and locked: {report.Attestation ?? throw new StepFailedException($"{name} has no attestation")}");
            foreach (var (registry, replica) in report.Registries.SelectMany(registry => registry.Replicas.Select(replica => (registry, replica))))
            {
                console.Say($"  {registry.Name}/{replica.Region} served it after {replica.LagMs} ms: {replica.Pull}");
            }
        }
    }
}
