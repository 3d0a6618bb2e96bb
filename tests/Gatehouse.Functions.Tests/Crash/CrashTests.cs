using System.Text.Json.Nodes;
using Gatehouse.Core.Images;
using Gatehouse.Functions.Tests.EndToEnd;
using Gatehouse.Registry.Client;
using Gatehouse.TestKit.Host;

namespace Gatehouse.Functions.Tests.Crash;

/// <summary>Nothing lost, nothing twice: the published app is killed again and again while it works.</summary>
[Collection(PublishedCollection.Name)]
public sealed class CrashTests
{
    /// <summary>Another seed than the usual one, to look for trouble at other moments.</summary>
    private const string SeedVariable = "GATEHOUSE_CRASH_SEED";

    private const int UsualSeed = 20261121;
    private const int Kills = 24;

    /// <summary>Milliseconds of everything, publishing the app included; a hang must not hold up the rest.</summary>
    private const int WholeLimit = 15 * 60 * 1000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = WholeLimit)]
    [InlineData("Embedded")]
    [InlineData("AzureTables")]
    public async Task Intakes_WhileTheAppIsKilledAgainAndAgain_EndAsTheirImagesDemand(string storage)
    {
        await using var estate = await PublishedEstate.StartAsync(storage: storage == "AzureTables" ? await PublishedStorage.OnAzuriteAsync(Token) : null);
        var images = await CrashPlan.PushAsync(estate.Azure, Token);
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), out var other) ? other : UsualSeed;
        var run = new CrashRun(estate, images, HandlerLife.Plan(seed, Kills, fewest: 25, most: 85, longest: TimeSpan.FromMilliseconds(40)));

        await run.FinishAsync(Limit, Token);

        TestContext.Current.SendDiagnosticMessage($"{run.Kills} kills, {run.Pump.Poisoned} messages poisoned, {run.Pump.Failures.Count} invocations failed");
        Assert.Equal(Kills, run.Kills);
        Assert.Equal(CrashPlan.Images, run.Intakes.Count);
        Assert.Empty(run.Pump.Failures);
        var intakes = await run.ListAsync(string.Empty);
        Assert.All(intakes, intake => Assert.True(run.Intakes[Id(intake)].State == intake["state"]!.GetValue<string>(), intake.ToJsonString()));
        await RegistriesHoldExactly(estate, run);
        LedgerTellsOnce(await LedgerExports.ReadVerifiedAsync(estate), run.Intakes);
    }

    private static string Id(JsonNode intake) => intake["id"]!.GetValue<string>();

    /// <summary>Every replica serves what upstream has, byte for byte, under the same tags; and nothing of what was not released.</summary>
    private static async Task RegistriesHoldExactly(PublishedEstate estate, CrashRun run)
    {
        var azure = estate.Azure;
        var upstream = azure.Clients.Create(azure.UpstreamHost);
        var targets = (await run.ListAsync(string.Empty)).ToDictionary(intake => run.Intakes[Id(intake)], intake => intake["targetRepository"]!.GetValue<string>());
        foreach (var client in azure.Replicas.Select(replica => azure.Clients.Create(replica.Endpoint)))
        {
            await Parallel.ForEachAsync(run.Intakes.Values.Where(image => image.Fate == Fate.Released), Token, async (image, token) =>
            {
                var byTag = (await client.GetManifestAsync(targets[image], image.Tag, token)).Value;
                var original = (await upstream.GetManifestAsync(image.Repository, image.Digest.ToString()!, token)).Value;
                Assert.Equal(image.Digest, byTag.Digest);
                Assert.Equal(original.Content, byTag.Content);

                // However often the app died between signing and pushing, one attestation was ever shown.
                Assert.Single((await client.ListReferrersAsync(targets[image], byTag.Digest, token)).Value.Referrers);
                foreach (var child in Children(byTag.MediaType, byTag.Content))
                {
                    Assert.Equal(child, (await client.GetManifestAsync(targets[image], child.ToString(), token)).Value.Digest);
                }
            });
            await Parallel.ForEachAsync(run.Intakes.Values.Where(image => image.Fate != Fate.Released), Token, async (image, token) =>
            {
                foreach (var reference in new[] { image.Tag, image.Digest?.ToString() }.OfType<string>())
                {
                    Assert.Equal(RegistryFailureKind.NotFound, (await client.HeadManifestAsync(targets[image], reference, token)).Failure.Kind);
                }
            });
            foreach (var repository in run.Intakes.Values.Where(image => image.Fate == Fate.Released).GroupBy(image => targets[image]))
            {
                var tags = (await client.ListTagsAsync(repository.Key, Token)).Value;
                Assert.Equal(repository.Select(image => image.Tag).Order(StringComparer.Ordinal), tags.Order(StringComparer.Ordinal));
            }
        }
    }

    private static IEnumerable<Digest> Children(string mediaType, ReadOnlyMemory<byte> content) => MediaTypes.IsIndex(mediaType)
        ? JsonNode.Parse(content.Span)!["manifests"]!.AsArray().Select(entry => Digest.Parse(entry!["digest"]!.GetValue<string>()).Value)
        : [];

    private static void LedgerTellsOnce(IReadOnlyList<JsonNode> events, IReadOnlyDictionary<string, PlannedImage> intakes)
    {
        Assert.Equal(events.Count, events.Select(Id).Distinct(StringComparer.Ordinal).Count());
        var byIntake = events.Where(one => one["subject"]!.GetValue<string>().StartsWith("intake:", StringComparison.Ordinal))
            .ToLookup(one => one["subject"]!.GetValue<string>()["intake:".Length..]);
        Assert.Equal(intakes.Keys.Order(StringComparer.Ordinal), byIntake.Select(group => group.Key).Order(StringComparer.Ordinal));
        foreach (var (id, image) in intakes)
        {
            var story = string.Join('\n', byIntake[id].Select(one => one.ToJsonString()));
            var counts = byIntake[id].CountBy(one => one["type"]!.GetValue<string>()).ToDictionary();
            foreach (var (type, times) in StoryOf(image.Fate))
            {
                Assert.True(counts.Remove(type, out var found) && found == times, $"{image.Fate} {id}: {type} {found} times, not {times}:\n{story}");
            }

            // How often an import had to be started depends on where the app died; that it was finished once does not.
            counts.Remove("import.started");
            counts.Remove("import.failed");
            Assert.True(counts.Count == 0, $"{image.Fate} {id}: besides {string.Join(", ", counts.Keys)}:\n{story}");
            Assert.Equal(byIntake[id].Select(Id), byIntake[id].Select(Id).Order(StringComparer.Ordinal));
        }
    }

    private static Dictionary<string, int> StoryOf(Fate fate) => fate switch
    {
        Fate.Absent => new() { ["intake.requested"] = 1, ["intake.refused"] = 1 },
        Fate.Forbidden => new() { ["intake.requested"] = 1, ["intake.resolved"] = 1, ["intake.judged"] = 1, ["intake.refused"] = 1 },
        Fate.Vulnerable => new() { ["intake.requested"] = 1, ["intake.resolved"] = 1, ["evidence.received"] = 1, ["intake.judged"] = 1, ["intake.refused"] = 1 },
        Fate.Rejected => new() { ["intake.requested"] = 1, ["intake.resolved"] = 1, ["evidence.received"] = 1, ["intake.judged"] = 1, ["intake.rejected"] = 1 },
        _ => new()
        {
            ["intake.requested"] = 1,
            ["intake.resolved"] = 1,
            ["evidence.received"] = 1,
            ["intake.judged"] = 1,
            ["intake.approved"] = 1,
            ["import.completed"] = 2,
            ["replica.served"] = 4,
            ["referrers.closed"] = 2,
            ["intake.released"] = 1,
        },
    };
}
