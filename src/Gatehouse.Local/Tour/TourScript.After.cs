using System.Text.Json.Nodes;
using Gatehouse.Core.Events;
using Gatehouse.Local.Hosting;
using Gatehouse.Local.Reports;
using Gatehouse.Local.Samples;

namespace Gatehouse.Local.Tour;

/// <content>What happens once an image is in: pulls, watching, failing, proving.</content>
internal sealed partial class TourScript
{
    private async Task PullAsync(CancellationToken cancellationToken)
    {
        foreach (var image in _released)
        {
            foreach (var replica in image.Registries.SelectMany(registry => registry.Replicas))
            {
                var digest = await estate.PullAsync(replica.Pull, cancellationToken);
                if (digest != image.Digest)
                {
                    throw new StepFailedException($"{replica.Pull} gave {digest}");
                }
            }

            console.Good($"{image.Image}: the same bytes from {image.Registries.Sum(registry => registry.Replicas.Count)} replicas");
        }
    }

    private async Task MoveUpstreamAsync(CancellationToken cancellationToken)
    {
        var repository = $"{estate.UpstreamHost}/{SampleCatalog.Worker}";
        await _rita.PostAsync("/api/watches", new JsonObject { ["scope"] = PaymentsScope, ["repository"] = repository, ["tags"] = new JsonArray(SampleCatalog.WorkerTag) }, cancellationToken);
        await estate.FireAsync("WatchUpstream", cancellationToken);
        console.Say($"{repository}:{SampleCatalog.WorkerTag} is watched");
        var moved = await SampleCatalog.MoveWorkerAsync(estate.Upstream, cancellationToken);
        console.Say($"upstream now serves {moved} under the same tag");
        var list = await Waiting.ForAsync(
            token => _rita.GetAsync($"/api/intakes?scope={PaymentsScope}&take=20", token),
            page => Update(page) is { } found && Waiting.StateOf(found) is "AwaitingApproval",
            "the intake of the moved tag",
            StepLimit,
            clock,
            cancellationToken);
        var intake = Update(list)!;
        if (intake["digest"]?.GetValue<string>() != moved.ToString())
        {
            throw new StepFailedException($"the new intake resolved to {intake["digest"]}, not to {moved}");
        }

        console.Good($"intake {intake["id"]} appeared by itself, judged {intake["verdict"]!["kind"]}, and waits for approval");

        JsonNode? Update(JsonNode page) => page["intakes"]!.AsArray().FirstOrDefault(candidate => candidate!["cause"]!.GetValue<string>() == "UpstreamUpdate");
    }

    private async Task RegionDownAsync(CancellationToken cancellationToken)
    {
        estate.SetRegionDown(LocalEstate.Hub, Outage, down: true);
        console.Say($"{LocalEstate.Hub}/{Outage} is cut off");
        var status = await HealthAsync(health => health == "Unavailable", cancellationToken);
        console.Good($"the probe says {status["health"]}: {status["reason"]}");
        estate.SetRegionDown(LocalEstate.Hub, Outage, down: false);
        status = await HealthAsync(health => health == "Healthy", cancellationToken);
        console.Good($"the region is back: {status["health"]}");
    }

    private async Task<JsonNode> HealthAsync(Func<string, bool> wanted, CancellationToken cancellationToken)
    {
        var seen = await Waiting.ForAsync(
            async token =>
            {
                await estate.FireAsync("ProbeReplicas", token);
                return await _rita.GetAsync("/api/estate/health", token);
            },
            document => wanted(Replica(document)["health"]!.GetValue<string>()),
            $"the health of {LocalEstate.Hub}/{Outage}",
            StepLimit,
            clock,
            cancellationToken);
        return Replica(seen);

        static JsonNode Replica(JsonNode document) => document["replicas"]!.AsArray()
            .First(replica => replica!["registry"]!.GetValue<string>() == LocalEstate.Hub && replica["region"]!.GetValue<string>() == Outage)!;
    }

    private async Task VerifyLedgerAsync(CancellationToken cancellationToken)
    {
        await estate.FireAsync("SealLedger", cancellationToken);
        var checkpoint = await CheckpointWithAsync("replica.health", cancellationToken);
        var approval = await FindEntryAsync("intake.approved", cancellationToken)
            ?? throw new StepFailedException("the first approval is not in the ledger");
        Require(
            await LedgerReports.IncludesAsync(_rita, approval, checkpoint, cancellationToken),
            $"the first approval is entry {approval["index"]} of {checkpoint["size"]} (inclusion proof)");
        Require(
            await LedgerReports.ExtendsAsync(_rita, _firstCheckpoint!, checkpoint, cancellationToken),
            $"the log of {checkpoint["size"]} entries extends the one of {_firstCheckpoint!["size"]} (consistency proof)");
        _ledger = await LedgerReports.VerifyAsync(_rita, cancellationToken);
        console.Good($"the whole export of {_ledger.Size} entries verifies offline");
        await CountEventsAsync(cancellationToken);
    }

    /// <summary>The sealed ledger is told to the topic; both releases must have arrived there.</summary>
    private async Task CountEventsAsync(CancellationToken cancellationToken)
    {
        await Waiting.ForAsync(
            async token =>
            {
                await estate.FireAsync("PublishEvents", token);
                _events = EventsReport.Of(estate.Emulator.Topic(LocalEstate.Topic));
                return new JsonObject { ["released"] = _events.Types.GetValueOrDefault(GovernanceEventTypes.IntakeReleased) };
            },
            seen => seen["released"]!.GetValue<int>() == _released.Count,
            "the governance events of the releases",
            StepLimit,
            clock,
            cancellationToken);
        console.Good($"the topic received {_events!.Received} governance events of {_events.Types.Count} types, {_released.Count} of them {GovernanceEventTypes.IntakeReleased}");
    }

    /// <summary>The first signed checkpoint that covers an event of that type.</summary>
    private async Task<JsonNode> CheckpointWithAsync(string type, CancellationToken cancellationToken)
    {
        await Waiting.ForAsync(
            async token => await FindEntryAsync(type, token) ?? new JsonObject(),
            entry => entry["index"] is not null,
            $"a sealed '{type}'",
            StepLimit,
            clock,
            cancellationToken);
        return await _rita.GetAsync("/api/ledger/checkpoint", cancellationToken);
    }

    private async Task<JsonNode?> FindEntryAsync(string type, CancellationToken cancellationToken)
    {
        const int page = 500;
        for (var from = 0L; ; from += page)
        {
            var entries = (await _rita.GetAsync($"/api/ledger/entries?from={from}&count={page}", cancellationToken))["entries"]!.AsArray();
            if (entries.FirstOrDefault(entry => entry!["event"]!["type"]!.GetValue<string>() == type) is { } found)
            {
                return found;
            }

            if (entries.Count < page)
            {
                return null;
            }
        }
    }

    private void Require(bool holds, string claim)
    {
        if (!holds)
        {
            throw new StepFailedException("it does not hold that " + claim);
        }

        console.Good(claim);
    }
}
