using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Gatehouse.Core.Queues;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Tests.EndToEnd;
using Gatehouse.Functions.Tests.Support;
using Gatehouse.Functions.Triggers;
using Gatehouse.TestKit.Host;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Functions.Tests.Crash;

/// <summary>Everyone who talks to the app at once, while it keeps dying: requesters, the queue, the timers and the second person.</summary>
internal sealed class CrashRun(PublishedEstate estate, IReadOnlyList<PlannedImage> images, IReadOnlyList<HandlerLife> lives)
{
    private const int Requesters = 4;

    /// <summary>Answers to a decision that was taken by the very call that died.</summary>
    private static readonly string[] DecidedAlready = ["approval-twice", "intake-state"];

    private readonly CrashingHost _host = new(estate.App, lives);
    private readonly ConcurrentDictionary<string, PlannedImage> _intakes = [];

    public int Kills => _host.Kills;

    /// <summary>Intake ids, and the images they are for.</summary>
    public IReadOnlyDictionary<string, PlannedImage> Intakes => _intakes;

    public CrashingPump Pump => field ??= new CrashingPump(estate.Queue, _host, QueueNames.IntakeWork, TriggerNames.AdvanceIntake);

    /// <summary>Until every intake is settled, the queue is empty and nothing waits to be woken or sealed.</summary>
    public async Task FinishAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> busy =
        [
            Pump.RunAsync(stop.Token),
            Eventually.RepeatAsync(TimeSpan.FromMilliseconds(300), () => FireAsync(TriggerNames.SealLedger), stop.Token),
            Eventually.RepeatAsync(TimeSpan.FromMilliseconds(500), () => FireAsync(TriggerNames.Reconcile), stop.Token),
            Eventually.RepeatAsync(TimeSpan.FromMilliseconds(200), DecideAsync, stop.Token),
        ];
        try
        {
            await Parallel.ForEachAsync(images, new ParallelOptions { MaxDegreeOfParallelism = Requesters, CancellationToken = cancellationToken }, async (image, _) => await RequestAsync(image));
            await Eventually.NothingIsMissingAsync(async () =>
            {
                foreach (var failed in busy.Where(task => task.IsFaulted))
                {
                    await failed;
                }

                return await FindOpenAsync();
            }, limit, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(busy);
        }

        await _host.SettleAsync();
        await FireAsync(TriggerNames.SealLedger);
    }

    public async Task<IReadOnlyList<JsonNode>> ListAsync(string query)
    {
        var answer = await CallAsync("GET", "/api/intakes?take=200" + query, PublishedEstate.Adam);
        Assert.True(answer.Status == 200, answer.Text);
        return [.. answer.Json["intakes"]!.AsArray().Select(intake => intake!)];
    }

    /// <summary>A call that dies with the app is repeated with the same key, and must be given the same intake.</summary>
    private async Task RequestAsync(PlannedImage image)
    {
        var body = PublishedEstate.Submission($"{estate.Azure.UpstreamHost}/{image.Repository}:{image.Tag}");
        var first = await CallAsync("POST", "/api/intakes", PublishedEstate.Rita, body, image.Key);
        var again = await CallAsync("POST", "/api/intakes", PublishedEstate.Rita, body, image.Key);
        Assert.True(first.Status is 200 or 202, first.Text);
        Assert.True(again.Status == 200, again.Text);
        var id = first.Json["id"]!.GetValue<string>();
        Assert.Equal(id, again.Json["id"]!.GetValue<string>());
        Assert.True(_intakes.TryAdd(id, image), $"{id} was given out twice");
    }

    /// <summary>Adam's round: yes to what awaits him, no to what he does not want.</summary>
    private async Task DecideAsync()
    {
        foreach (var intake in await ListAsync("&state=AwaitingApproval"))
        {
            var (id, wanted) = (intake["id"]!.GetValue<string>(), !intake["image"]!.GetValue<string>().Contains("unwanted", StringComparison.Ordinal));
            var answer = await CallAsync("POST", $"/api/intakes/{id}/{(wanted ? "approve" : "reject")}", PublishedEstate.Adam, """{"comment":"looked at it"}""");
            Assert.True(answer.Status == 200 || (answer.Status == 409 && DecidedAlready.Contains(answer.Code)), answer.Text);
        }
    }

    /// <summary>What there still is to do; null when all is done.</summary>
    private async Task<string?> FindOpenAsync()
    {
        var intakes = await ListAsync(string.Empty);
        var open = intakes.Where(intake => intake["state"]!.GetValue<string>() is not ("Released" or "Refused" or "Rejected" or "Faulted" or "Retired")).ToList();
        if (intakes.Count < images.Count || open.Count > 0 || Kills < lives.Count)
        {
            return $"{intakes.Count} intakes listed, {Kills} kills, open: {string.Join('\n', open.Select(intake => intake.ToJsonString()))}";
        }

        var reconciled = (await FireAsync(TriggerNames.Reconcile)).Logs[0];
        var queued = await estate.Queue.CountAsync(QueueNames.IntakeWork, CancellationToken.None);
        return queued == 0 && reconciled.StartsWith("0 ", StringComparison.Ordinal) ? null : $"{queued} messages; {reconciled}";
    }

    private async Task<InvocationOutcome> FireAsync(string function)
    {
        var outcome = await _host.InsistAsync(app => app.FireTimerAsync(function, CancellationToken.None), CancellationToken.None);
        Assert.True(outcome.Verdict == InvocationVerdict.Succeeded, $"{function}: {outcome.Body}");
        return outcome;
    }

    private Task<Answer> CallAsync(string method, string path, LocalIdentity who, string? body = null, string? key = null) =>
        _host.InsistAsync(app => estate.SendAsync(app, method, path, who, body, key: key), CancellationToken.None);
}
