using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Arm.Budget;

/// <summary>The allowances of all subscriptions, shared by everything in this process that calls Resource Manager.</summary>
internal sealed class ArmBudget(IOptions<ArmBudgetOptions> options, TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Subscription, ArmCallClass Class), ArmAllowance> _allowances = new();

    /// <param name="subscription">Lower case; empty for calls about none.</param>
    public ArmAllowance Of(string subscription, ArmCallClass callClass) => _allowances.GetOrAdd((subscription, callClass), _ => Create(callClass));

    private ArmAllowance Create(ArmCallClass callClass)
    {
        var all = options.Value;
        return callClass switch
        {
            ArmCallClass.Reads => new ArmAllowance(all.ReadBurst, all.ReadsPerSecond, clock),
            ArmCallClass.Deletes => new ArmAllowance(all.DeleteBurst, all.DeletesPerSecond, clock),
            _ => new ArmAllowance(all.WriteBurst, all.WritesPerSecond, clock),
        };
    }
}
