using System.Diagnostics;

namespace Gatehouse.Benchmarks.Measuring;

/// <param name="MeasureAsync">One repetition: seconds for one unit of work.</param>
internal sealed record Contender(string Name, Func<CancellationToken, Task<double>> MeasureAsync);

/// <summary>Runs contenders in turn, round after round, each round beginning with another: the machine's moods meet all of them alike.</summary>
internal static class Rounds
{
    public static async Task<IReadOnlyList<Series>> RunAsync(int repetitions, IReadOnlyList<Contender> contenders, CancellationToken cancellationToken)
    {
        var values = contenders.Select(_ => new List<double>(repetitions)).ToList();
        for (var round = -BenchmarkPlan.WarmUps; round < repetitions; round++)
        {
            for (var turn = 0; turn < contenders.Count; turn++)
            {
                var which = (round + BenchmarkPlan.WarmUps + turn) % contenders.Count;

                // What one contender left behind is not collected on the next one's time.
                GC.Collect();
                var seconds = await contenders[which].MeasureAsync(cancellationToken);
                if (round >= 0)
                {
                    values[which].Add(seconds);
                }
            }
        }

        return [.. values.Select(list => new Series(list))];
    }

    /// <summary>Seconds for one of <paramref name="units"/>.</summary>
    public static async Task<double> TimeAsync(int units, Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds / units;
    }

    /// <inheritdoc cref="TimeAsync"/>
    public static double Time(int units, Action work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds / units;
    }
}
