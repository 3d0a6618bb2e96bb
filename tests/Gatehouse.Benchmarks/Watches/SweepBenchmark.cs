using Gatehouse.Benchmarks.Measuring;
using Gatehouse.Benchmarks.Reporting;
using Gatehouse.Core.Watches;
using Gatehouse.TestKit.Peers;

namespace Gatehouse.Benchmarks.Watches;

/// <summary>One sweep over a repository of many tags, none of which moved, against skopeo and against a bare client.</summary>
internal sealed class SweepBenchmark : IBenchmark
{
    private const string Title = "Watch sweep";
    private const string Repository = "library/tool";
    private const string SmallRepository = "library/small";

    /// <summary>How many times fewer tags the small repository has.</summary>
    private const int SmallShare = 10;

    private static readonly int Concurrency = new WatchOptions().HostConcurrency;

    public string Name => "watches";

    public async Task<Section> RunAsync(BenchmarkPlan plan, CancellationToken cancellationToken)
    {
        if (Machine.FindProgram("docker-registry") is null)
        {
            return Section.Skipped(Title, "docker-registry is not installed.");
        }

        var tags = SampleRepository.Tags(plan.Tags);
        await using var registry = await DockerRegistryPeer.StartAsync(cancellationToken);
        await using var rig = new SweepRig(Concurrency);
        using var flood = new HeadFlood(registry.Host, Repository, tags, Concurrency);
        await SampleRepository.PushAsync(rig.Clients.Create(registry.Host), Repository, tags, cancellationToken);
        await rig.WatchAsync($"{registry.Host}/{Repository}", cancellationToken);
        var hasSkopeo = Machine.FindProgram("skopeo") is not null;
        List<Contender> contenders =
        [
            new("Gatehouse, one sweep", token => Rounds.TimeAsync(tags.Count, () => rig.SweepAsync(tags.Count, token))),
            new($"bare client, {Concurrency} HEADs at once", token => Rounds.TimeAsync(tags.Count, () => flood.RunAsync(token))),
        ];
        if (hasSkopeo)
        {
            var some = tags.Take(plan.SkopeoTags).ToList();
            contenders.Add(new("skopeo inspect --raw, one after another", token => Rounds.TimeAsync(some.Count, () => InspectAsync(registry.Host, some, 1, token))));
            contenders.Add(new($"skopeo inspect --raw, {Concurrency} at once", token => Rounds.TimeAsync(some.Count, () => InspectAsync(registry.Host, some, Concurrency, token))));
        }

        var measured = await Rounds.RunAsync(plan.Repetitions, contenders, cancellationToken);
        return new Section(
            Title,
            $"A watch with the pattern `v*` on a repository of {tags.Count:N0} tags at Debian's docker-registry on loopback, over the embedded store; none of the tags has moved. "
            + $"Everything but skopeo's loop asks {Concurrency} times at once, the product's default for one host. skopeo is run for {plan.SkopeoTags} of the tags; its time is per tag.",
            [.. measured.Skip(1).Select((series, index) => new Ratio("sweep, per tag", contenders[index + 1].Name, measured[0].Over(series)))],
            [.. measured.Select((series, index) => new Figure(contenders[index].Name, "tag", series))],
            [
                hasSkopeo ? $"Peers: {await Machine.VersionAsync("docker-registry", cancellationToken)}; {await Machine.VersionAsync("skopeo", cancellationToken)}." : "skopeo is not installed, so it is missing here.",
                await CountRequestsAsync(rig, tags.Count, cancellationToken),
                await CompareAllocationsAsync(registry.Host, rig, tags.Count, cancellationToken),
            ]);
    }

    private static Task InspectAsync(string host, List<string> tags, int concurrency, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        tags,
        new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken },
        async (tag, token) => await Skopeo.RunAsync(token, "inspect", "--raw", "--tls-verify=false", $"docker://{host}/{Repository}:{tag}"));

    private static async Task<string> CountRequestsAsync(SweepRig rig, int tags, CancellationToken cancellationToken)
    {
        using var requests = new RequestCounter();
        await rig.SweepAsync(tags, cancellationToken);
        return $"Requests of one sweep over {tags:N0} tags: {requests.Count:N0}, that is {(double)requests.Count / tags:F3} a tag (one HEAD each, and the list of tags).";
    }

    private static async Task<string> CompareAllocationsAsync(string host, SweepRig rig, int tags, CancellationToken cancellationToken)
    {
        var few = SampleRepository.Tags(tags / SmallShare);
        await using var small = new SweepRig(Concurrency);
        await SampleRepository.PushAsync(small.Clients.Create(host), SmallRepository, few, cancellationToken);
        await small.WatchAsync($"{host}/{SmallRepository}", cancellationToken);
        await small.SweepAsync(few.Count, cancellationToken);
        var (smallBytes, bytes) = (await AllocatedAsync(small, few.Count, cancellationToken), await AllocatedAsync(rig, tags, cancellationToken));
        return $"Allocated in one sweep: {smallBytes / 1024:F1} KiB a tag over {few.Count:N0} tags, {bytes / 1024:F1} KiB a tag over {tags:N0}; in all, {bytes * tags / (1024 * 1024):F1} MiB.";
    }

    /// <summary>Bytes a tag, all threads together.</summary>
    private static async Task<double> AllocatedAsync(SweepRig rig, int tags, CancellationToken cancellationToken)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await rig.SweepAsync(tags, cancellationToken);
        return (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / tags;
    }
}
