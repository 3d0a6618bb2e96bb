using System.Globalization;
using System.Text;
using Gatehouse.Benchmarks.Measuring;

namespace Gatehouse.Benchmarks.Reporting;

internal static class MarkdownReport
{
    private const string Command = "dotnet run -c Release --project tests/Gatehouse.Benchmarks -- --out docs/benchmarks.md";

    public static string Write(BenchmarkPlan plan, IReadOnlyList<Section> sections, DateTimeOffset started, TimeSpan took, IReadOnlyList<string> load)
    {
        var text = new StringBuilder();
        Line(text, "# Benchmarks");
        Line(text);
        Line(text, $"Written by the program itself; to measure again: `{Command}`.");
        Line(text, "Each figure stands against a peer or a floor measured in the same run, in turns with it. A floor is the least work that could be");
        Line(text, "called the same, so no ratio to a floor can fall below 1 but by noise: it says what our part costs.");
        Line(text, $"Ratios are our time over the other's, round by round: the median of {plan.Repetitions} rounds (starts: {plan.Starts}) after {BenchmarkPlan.WarmUps} that do not count,");
        Line(text, "and in brackets the quartiles. Below 1 is faster. Ratios carry over to other machines better than the absolute figures below them.");
        if (plan == BenchmarkPlan.Quick)
        {
            Line(text);
            Line(text, "**A quick run: it shows that the program works, not how fast anything is.**");
        }

        if (Machine.IsBusy(load[0]))
        {
            Line(text);
            Line(text, $"**Others kept the machine busy as this run began (load average {load[0].Split(' ')[0]} on {Environment.ProcessorCount} processors): expect wide spreads, and trust the medians of ratios only.**");
        }

        Line(text);
        WriteRatios(text, [.. sections.SelectMany(section => section.Ratios)]);
        foreach (var section in sections)
        {
            WriteSection(text, section);
        }

        WriteMachine(text, plan, started, took, load);
        return text.ToString();
    }

    private static void WriteRatios(StringBuilder text, IReadOnlyList<Ratio> ratios)
    {
        Line(text, "| what | against | time, ours ÷ theirs | in words | budget |");
        Line(text, "|---|---|---|---|---|");
        foreach (var ratio in ratios)
        {
            var values = ratio.Values;
            var spread = $"**{Number(values.Median)}** [{Number(values.LowerQuartile)} – {Number(values.UpperQuartile)}]";
            Line(text, $"| {ratio.What} | {ratio.Against} | {spread} | {Words(values.Median)} | {Budget(ratio)} |");
        }
    }

    private static void WriteSection(StringBuilder text, Section section)
    {
        Line(text);
        Line(text, $"## {section.Title}");
        Line(text);
        Line(text, section.Method);
        if (section.Figures.Count > 0)
        {
            Line(text);
            Line(text, "| | rate | time for one | quartiles |");
            Line(text, "|---|---|---|---|");
        }

        foreach (var (what, unit, seconds, hasRate) in section.Figures)
        {
            var rate = hasRate ? $"{Number(1 / seconds.Median)} {Plural(unit)}/s" : "–";
            Line(text, $"| {what} | {rate} | {Duration(seconds.Median)} per {unit} | {Duration(seconds.LowerQuartile)} – {Duration(seconds.UpperQuartile)} |");
        }

        if (section.Notes.Count > 0)
        {
            Line(text);
        }

        foreach (var note in section.Notes)
        {
            Line(text, $"- {note}");
        }
    }

    private static void WriteMachine(StringBuilder text, BenchmarkPlan plan, DateTimeOffset started, TimeSpan took, IReadOnlyList<string> load)
    {
        Line(text);
        Line(text, "## Machine and run");
        Line(text);
        foreach (var fact in Machine.Describe())
        {
            Line(text, $"- {fact}");
        }

        Line(text, $"- {plan.Name} run of {started.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC, {took.TotalMinutes:F1} minutes, nothing pinned or isolated");
        Line(text, $"- load averages (1, 5, 15 minutes) before the first section and after each: {string.Join("; ", load)}");
        Line(text, "- `--quick` runs small sizes; `--only watches policies seal verify azurite adapters start` chooses sections; without `--out` the page goes to standard output");
    }

    private static string Words(double ratio) => ratio < 1 ? $"{Number(1 / ratio)} times as fast" : $"{Number(ratio)} times the time";

    private static string Budget(Ratio ratio) => ratio.Budget is not { } budget
        ? "–"
        : $"{Number(budget)}: {(ratio.Values.Median <= budget ? "kept" : "**missed**")}";

    private static string Plural(string unit) => unit switch
    {
        [.., 'y'] => unit[..^1] + "ies",
        [.., 's', 'h'] => unit + "es",
        _ => unit + "s",
    };

    /// <summary>Three significant digits: there are no more in such measurements.</summary>
    public static string Number(double value)
    {
        var digits = value == 0 ? 0 : (int)Math.Floor(Math.Log10(Math.Abs(value)));
        var scale = Math.Pow(10, digits - 2);
        return digits >= 2
            ? (Math.Round(value / scale) * scale).ToString("N0", CultureInfo.InvariantCulture)
            : value.ToString("F" + (2 - digits).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static string Duration(double seconds) => seconds switch
    {
        < 1e-6 => Number(seconds * 1e9) + " ns",
        < 1e-3 => Number(seconds * 1e6) + " µs",
        < 1 => Number(seconds * 1e3) + " ms",
        _ => Number(seconds) + " s",
    };

    /// <summary>Ends lines the same way on every system: the page is kept in git.</summary>
    private static void Line(StringBuilder text, string line = "") => text.Append(line).Append('\n');
}
