using Gatehouse.Benchmarks.Measuring;

namespace Gatehouse.Benchmarks.Reporting;

/// <param name="Values">Our time over the other's, round by round.</param>
/// <param name="Budget">The ratio the design allows; null when it names none.</param>
internal sealed record Ratio(string What, string Against, Series Values, double? Budget = null);

/// <param name="Unit">What one of the work is called, e.g. <c>tag</c>.</param>
/// <param name="Seconds">For one unit.</param>
/// <param name="HasRate">Whether as many a second means anything: nobody starts a process many times a second.</param>
internal sealed record Figure(string What, string Unit, Series Seconds, bool HasRate = true);

/// <param name="Method">What was done, precisely enough to repeat it.</param>
/// <param name="Notes">Figures that are counts rather than times, and what limits the comparison.</param>
internal sealed record Section(string Title, string Method, IReadOnlyList<Ratio> Ratios, IReadOnlyList<Figure> Figures, IReadOnlyList<string> Notes)
{
    public static Section Skipped(string title, string reason) => new(title, $"Not measured: {reason}", [], [], []);
}
