using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Arm.Budget;

internal static partial class Log
{
    [LoggerMessage(1605, LogLevel.Warning, "{Class} in subscription {Subscription} have to wait {Wait}: Resource Manager takes no more for now")]
    public static partial void BudgetExhausted(this ILogger logger, ArmCallClass @class, string subscription, TimeSpan wait);
}
