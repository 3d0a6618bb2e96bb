using System.Runtime.InteropServices;
using Gatehouse.Benchmarks.Measuring;
using Gatehouse.Benchmarks.Reporting;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Host;

namespace Gatehouse.Benchmarks.Startup;

/// <summary>The published Function app from its start to its first answer, against an empty ASP.NET Core app: what a cold start in the cloud adds of ours.</summary>
internal sealed class StartBenchmark : IBenchmark
{
    private const string Title = "Start to first answer";

    /// <summary>What the design allows over an empty app.</summary>
    private const double Budget = 1.5;

    public string Name => "start";

    public async Task<Section> RunAsync(BenchmarkPlan plan, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return Section.Skipped(Title, "the Function app is published for linux-x64.");
        }

        using var directory = new TempDirectory();
        var empty = await EmptyApp.PublishAsync(directory["empty"], cancellationToken);
        StartableApp[] apps =
        [
            await FunctionAppAsync(directory, cancellationToken),
            new(empty, EmptyApp.Executable, [], new Dictionary<string, string>()),
            new(empty, EmptyApp.Executable, [EmptyApp.Slim], new Dictionary<string, string>()),
        ];
        string[] names = ["the Function app", "an empty ASP.NET Core app (as `dotnet new web`)", "an empty app of the slim builder, which we use"];
        await CheckReadyAsync(apps[0], cancellationToken);
        var (processor, memory) = (Array.ConvertAll(apps, _ => new List<double>()), Array.ConvertAll(apps, _ => new List<double>()));
        var measured = await Rounds.RunAsync(plan.Starts, [.. apps.Select((app, i) => new Contender(names[i], token => StartAsync(app, processor[i], memory[i], token)))], cancellationToken);
        var used = Array.ConvertAll(processor, values => new Series(values[BenchmarkPlan.WarmUps..]));
        return new Section(
            Title,
            "Processes published alike (self-contained, ReadyToRun, linux-x64), in turns, with warm file caches: from before the process is made until the first byte of the answer to `GET /`, "
            + "asked for every 2 ms. The Function app is fully configured for one machine: `/healthz` says ready.",
            [
                new("Function app, start to first answer", names[1], measured[0].Over(measured[1]), Budget),
                new("Function app, start to first answer", names[2], measured[0].Over(measured[2]), Budget),
                new("the same, processor time", names[1], used[0].Over(used[1])),
                new("the same, processor time", names[2], used[0].Over(used[2])),
            ],
            [
                .. measured.Select((series, i) => new Figure(names[i], "start", series, HasRate: false)),
                .. used.Select((series, i) => new Figure($"{names[i]}, processor time", "start", series, HasRate: false)),
            ],
            ["Memory of the process after its first answer (median working set): " + string.Join("; ", names.Select((name, i) => $"{name} {new Series(memory[i]).Median:F0} MiB")) + "."]);
    }

    private static async Task<StartableApp> FunctionAppAsync(TempDirectory directory, CancellationToken cancellationToken)
    {
        var folder = Environment.GetEnvironmentVariable(PublishedApp.FolderVariable);
        if (string.IsNullOrEmpty(folder))
        {
            folder = directory["function-app"];
            await Publishing.RunAsync(Path.Combine(PublishedApp.RepositoryRoot(), "src", "Gatehouse.Functions"), folder, [], cancellationToken);
        }

        return new StartableApp(folder, "Gatehouse.Functions", [], new Dictionary<string, string>
        {
            ["Gatehouse__Environment"] = "Local",
            ["Gatehouse__Storage__Directory"] = directory["data"],
            ["Gatehouse__Estate__Path"] = Path.Combine(PublishedApp.RepositoryRoot(), "samples", "estate.yaml"),
            ["Gatehouse__Ledger__KeyPath"] = directory["ledger.pem"],
            ["Gatehouse__Auth__LocalIssuer__Enabled"] = "true",
            ["Gatehouse__Auth__LocalIssuer__KeyPath"] = directory["issuer.pem"],
        });
    }

    /// <summary>A misconfigured app answers early and does nothing: that must not be what is measured.</summary>
    private static async Task CheckReadyAsync(StartableApp app, CancellationToken cancellationToken)
    {
        using var started = await StartedApp.StartAsync(app, cancellationToken);
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(started.Address, "/healthz"), cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"The Function app is not ready: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    private static async Task<double> StartAsync(StartableApp app, List<double> processor, List<double> memory, CancellationToken cancellationToken)
    {
        using var started = await StartedApp.StartAsync(app, cancellationToken);
        processor.Add(started.ProcessorSeconds);
        memory.Add(started.WorkingSet / (1024.0 * 1024));
        return started.Seconds;
    }
}
