using Gatehouse.Benchmarks.Reporting;

namespace Gatehouse.Benchmarks.Measuring;

/// <summary>How much is measured. Sizes are chosen so that one repetition takes long against the clock's resolution and short against the machine's moods.</summary>
internal sealed record BenchmarkPlan(
    string Name,
    int Repetitions,
    int Tags,
    int SkopeoTags,
    int PolicyPasses,
    int SealedEvents,
    int VerifiedEntries,
    int Starts,
    int AzuriteRows,
    int AdapterCalls)
{
    /// <summary>Rounds that are run and not counted.</summary>
    public const int WarmUps = 2;

    public static BenchmarkPlan Full { get; } = new("full", 21, 300, 30, 100, 4096, 20_000, 21, 512, 2_000);

    public static BenchmarkPlan Quick { get; } = new("quick", 3, 60, 5, 5, 256, 2_000, 3, 64, 100);
}

internal interface IBenchmark
{
    /// <summary>What <c>--only</c> takes.</summary>
    string Name { get; }

    Task<Section> RunAsync(BenchmarkPlan plan, CancellationToken cancellationToken);
}
