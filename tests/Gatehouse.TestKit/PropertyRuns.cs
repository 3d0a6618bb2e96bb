using FsCheck;

namespace Gatehouse.TestKit;

/// <summary>How many random cases a property is tried with: few in every run, many when somebody looks for trouble.</summary>
public static class PropertyRuns
{
    /// <summary>Multiplies the number of cases of every property; 1 unless this says otherwise.</summary>
    private const string FactorVariable = "GATEHOUSE_PROPERTY_FACTOR";

    /// <summary>FsCheck's own number of cases.</summary>
    private const int Usual = 100;

    private static readonly int Factor = int.TryParse(Environment.GetEnvironmentVariable(FactorVariable), out var factor) && factor > 0 ? factor : 1;

    /// <summary>A new seed each time; a failure names the seed that shows it again.</summary>
    public static Config Of(int cases = Usual) => Config.QuickThrowOnFailure.WithMaxTest(cases * Factor);
}
