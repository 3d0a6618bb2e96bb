using System.Text.Json.Nodes;
using Gatehouse.Emulator.Requests;
using Gatehouse.Functions.Tests.EndToEnd;
using Gatehouse.Functions.Triggers;
using Gatehouse.TestKit.Host;

namespace Gatehouse.Functions.Tests.Budgets;

/// <summary>A watch sweep asks once for each tag, counted at the upstream.</summary>
[Collection(PublishedCollection.Name)]
public sealed class WatchBudgetTests
{
    private const int Tags = 500;
    private const int PatternsOfAWatch = 100;
    private const double RequestsPerTag = 1.05;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sweep_FiveHundredTags_TakesAtMostFivePercentMoreRequests(bool byPattern)
    {
        await using var estate = await PublishedEstate.StartAsync();
        var upstream = estate.Azure.Host.Registry(EmulatedAzure.Upstream);
        var client = estate.Azure.Clients.Create(estate.Azure.UpstreamHost);
        var digest = await estate.Azure.PushAsync("team/watched", "1.000", Token, "amd64");
        var manifest = (await client.GetManifestAsync("team/watched", digest.ToString(), Token)).Value;
        var tags = Enumerable.Range(0, Tags).Select(number => $"1.{number:D3}").ToList();
        await Parallel.ForEachAsync(tags, Token, async (tag, token) =>
            Assert.True((await client.PutManifestAsync("team/watched", tag, manifest.MediaType, manifest.Content, token)).IsOk));
        foreach (var patterns in byPattern ? [["1.*"]] : tags.Chunk(PatternsOfAWatch))
        {
            await WatchAsync(estate, patterns);
        }

        await SweepAsync(estate, upstream.Requests, "500 tags asked for, 0 moved, 0 failed");
        await SweepAsync(estate, upstream.Requests, "500 tags asked for, 0 moved, 0 failed");
        await estate.Azure.PushAsync("team/watched", "1.250", Token, "amd64", "arm64");
        await SweepAsync(estate, upstream.Requests, "500 tags asked for, 1 moved, 0 failed, 1 intakes");
    }

    private static async Task WatchAsync(PublishedEstate estate, IReadOnlyList<string> tags)
    {
        var watch = new JsonObject
        {
            ["scope"] = PublishedEstate.Scope,
            ["repository"] = $"{estate.Azure.UpstreamHost}/team/watched",
            ["tags"] = new JsonArray([.. tags.Select(tag => JsonValue.Create(tag))]),
        };
        var answer = await estate.SendAsync("POST", "/api/watches", PublishedEstate.Rita, watch.ToJsonString());
        Assert.True(answer.Status == 201, answer.Text);
    }

    private static async Task SweepAsync(PublishedEstate estate, RequestCounter requests, string expected)
    {
        requests.Reset();
        var outcome = await estate.App.FireTimerAsync(TriggerNames.WatchUpstream, Token);
        Assert.True(outcome.Verdict == InvocationVerdict.Succeeded, outcome.Body);
        Assert.Contains(expected, outcome.Logs[0], StringComparison.Ordinal);
        var counted = requests.Snapshot();
        Assert.Equal(Tags, counted.Count(RequestKind.Manifest, "HEAD"));
        Assert.InRange(counted.Total, Tags, (long)(RequestsPerTag * Tags));
    }
}
