using Gatehouse.Emulator.Requests;
using Gatehouse.TestKit.Host;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Functions.Tests.EndToEnd;

/// <summary>More images than a registry may import at one time get in all the same, in turns.</summary>
[Collection(PublishedCollection.Name)]
public sealed class ImportPlacesTests
{
    private const int Images = 20;
    private const int Registries = 2;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Import_TenTimesAsManyImagesAsPlaces_ReleasesThemAllAndOrdersEachOnce()
    {
        await using var estate = await PublishedEstate.StartAsync(prepare: _ => new() { ["Gatehouse__Azure__MaxConcurrentImports"] = "2" });
        var ids = new List<string>();
        for (var i = 0; i < Images; i++)
        {
            await estate.Azure.PushAsync($"team/app{i}", "1.0", Cancel, "amd64");
            ids.Add(await estate.RequestAsync($"{estate.Azure.UpstreamHost}/team/app{i}:1.0"));
        }

        await DriveAsync(estate, ids, "AwaitingApproval");
        foreach (var id in ids)
        {
            Assert.Equal(200, (await estate.SendAsync("POST", $"/api/intakes/{id}/approve", PublishedEstate.Adam)).Status);
        }

        var waits = await DriveAsync(estate, ids, "Released");

        Assert.Contains(waits, reason => reason.Contains("imports-full", StringComparison.Ordinal));
        Assert.Equal(Images * Registries, estate.Azure.Estate.Sum(registry => registry.Requests.Snapshot().Count(RequestKind.ArmImport, "POST")));
    }

    /// <summary>The reasons that intakes gave on the way.</summary>
    private static async Task<HashSet<string>> DriveAsync(PublishedEstate estate, List<string> ids, string state)
    {
        var reasons = new HashSet<string>(StringComparer.Ordinal);
        var open = ids.ToHashSet();
        await Eventually.NothingIsMissingAsync(async () =>
        {
            Assert.All(await estate.PumpAsync(), outcome => Assert.Equal(InvocationVerdict.Succeeded, outcome.Verdict));
            foreach (var id in open.ToList())
            {
                var intake = await estate.IntakeAsync(id);
                var now = intake["state"]!.GetValue<string>();
                Assert.False(now == "Faulted", intake.ToJsonString());
                reasons.Add(intake["reason"]?.GetValue<string>() ?? string.Empty);
                if (now == state)
                {
                    open.Remove(id);
                }
            }

            return open.Count == 0 ? null : $"{open.Count} of {ids.Count} are not {state}; they say: {string.Join(" | ", reasons)}";
        }, PublishedEstate.Limit, Cancel);
        return reasons;
    }
}
