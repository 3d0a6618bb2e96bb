using Gatehouse.Azure.Options;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Arm.Budget;

/// <summary>What one instance sends to one subscription; bound from <c>Gatehouse:Azure:ArmBudget</c>. Answers of Resource Manager that leave less count more.</summary>
public sealed class ArmBudgetOptions
{
    public const string Section = AzureOptions.Section + ":ArmBudget";

    /// <summary>Reads at once. The default is 250, Resource Manager's own; from 1 to 100,000.</summary>
    public int ReadBurst { get; set; } = 250;

    /// <summary>Reads a second after that. The default is 25; from 0.01 to 10,000.</summary>
    public double ReadsPerSecond { get; set; } = 25;

    /// <summary>Writes at once; an import is one. The default is 200, Resource Manager's own; from 1 to 100,000.</summary>
    public int WriteBurst { get; set; } = 200;

    /// <summary>Writes a second after that. The default is 10; from 0.01 to 10,000.</summary>
    public double WritesPerSecond { get; set; } = 10;

    /// <summary>Deletes at once. The default is 200, Resource Manager's own; from 1 to 100,000.</summary>
    public int DeleteBurst { get; set; } = 200;

    /// <summary>Deletes a second after that. The default is 10; from 0.01 to 10,000.</summary>
    public double DeletesPerSecond { get; set; } = 10;
}

internal sealed class ArmBudgetOptionsValidator : IValidateOptions<ArmBudgetOptions>
{
    public ValidateOptionsResult Validate(string? name, ArmBudgetOptions options)
    {
        var problems = new List<string>();
        Within(problems, nameof(options.ReadBurst), options.ReadBurst, 1, 100_000);
        Within(problems, nameof(options.WriteBurst), options.WriteBurst, 1, 100_000);
        Within(problems, nameof(options.DeleteBurst), options.DeleteBurst, 1, 100_000);
        Within(problems, nameof(options.ReadsPerSecond), options.ReadsPerSecond, 0.01, 10_000);
        Within(problems, nameof(options.WritesPerSecond), options.WritesPerSecond, 0.01, 10_000);
        Within(problems, nameof(options.DeletesPerSecond), options.DeletesPerSecond, 0.01, 10_000);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void Within<T>(List<string> problems, string key, T value, T low, T high)
        where T : IComparable<T>, IFormattable
    {
        if (value.CompareTo(low) < 0 || value.CompareTo(high) > 0)
        {
            problems.Add(FormattableString.Invariant($"{ArmBudgetOptions.Section}:{key} is '{value}'; allowed: {low} to {high}."));
        }
    }
}
