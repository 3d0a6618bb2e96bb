namespace Gatehouse.Benchmarks.Measuring;

/// <summary>One figure's repetitions, in the order they were measured.</summary>
internal sealed record Series(IReadOnlyList<double> Values)
{
    public double Median => Quantile(0.5);

    public double LowerQuartile => Quantile(0.25);

    public double UpperQuartile => Quantile(0.75);

    /// <summary>Round by round, so that what slowed a whole round down slows both down and cancels out.</summary>
    public Series Over(Series other) => new([.. Values.Zip(other.Values, (mine, theirs) => mine / theirs)]);

    private double Quantile(double share)
    {
        var sorted = Values.Order().ToList();
        var place = share * (sorted.Count - 1);
        var (below, above) = ((int)Math.Floor(place), (int)Math.Ceiling(place));
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
