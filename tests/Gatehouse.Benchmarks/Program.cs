using System.CommandLine;
using Gatehouse.Benchmarks.Azure;
using Gatehouse.Benchmarks.Ledger;
using Gatehouse.Benchmarks.Measuring;
using Gatehouse.Benchmarks.Policies;
using Gatehouse.Benchmarks.Reporting;
using Gatehouse.Benchmarks.Startup;
using Gatehouse.Benchmarks.Watches;

IReadOnlyList<IBenchmark> all = [new SweepBenchmark(), new PolicyBenchmark(), new SealBenchmark(), new VerifyBenchmark(), new AzuriteBenchmark(), new AdapterBenchmark(), new StartBenchmark()];
var names = string.Join(", ", all.Select(benchmark => benchmark.Name));

var quick = new Option<bool>("--quick") { Description = "Small sizes and few repetitions: shows that it works, not how fast it is." };
var only = new Option<string[]>("--only") { Description = $"Only these: {names}.", AllowMultipleArgumentsPerToken = true };
only.AcceptOnlyFromAmong([.. all.Select(benchmark => benchmark.Name)]);
var output = new Option<FileInfo?>("--out") { Description = "The Markdown file to write; standard output when none is given." };

var root = new RootCommand("Measures Gatehouse against peers and floors, all in one run.") { quick, only, output };
root.SetAction((parsed, cancellationToken) => RunAsync(
    parsed.GetValue(quick) ? BenchmarkPlan.Quick : BenchmarkPlan.Full, parsed.GetValue(only) ?? [], parsed.GetValue(output), cancellationToken));
return await root.Parse(args).InvokeAsync();

async Task<int> RunAsync(BenchmarkPlan plan, string[] chosen, FileInfo? file, CancellationToken cancellationToken)
{
    var (clock, load) = (TimeProvider.System, new List<string> { Machine.Load() });
    var (started, sections) = (clock.GetUtcNow(), new List<Section>());
    foreach (var benchmark in all.Where(benchmark => chosen.Length == 0 || chosen.Contains(benchmark.Name)))
    {
        await Console.Error.WriteLineAsync($"{benchmark.Name} ...");
        sections.Add(await benchmark.RunAsync(plan, cancellationToken));
        load.Add(Machine.Load());
    }

    var text = MarkdownReport.Write(plan, sections, started, clock.GetUtcNow() - started, load);
    if (file is null)
    {
        Console.Out.Write(text);
    }
    else
    {
        await File.WriteAllTextAsync(file.FullName, text, cancellationToken);
    }

    return 0;
}
