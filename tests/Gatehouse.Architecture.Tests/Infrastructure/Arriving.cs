namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary>What the deployment sets for code that is not in this tree yet. Each entry goes when its code comes; then the class goes.</summary>
internal static class Arriving
{
    public static readonly string[] Keys =
    [
        "Gatehouse:Azure:Checkpoints:ContainerUri",
        "Gatehouse:Azure:Cloud",
        "Gatehouse:Azure:EventGrid:TopicEndpoint",
        "Gatehouse:Azure:KeyVault:KeyId",
        "Gatehouse:Ledger:Signer",
    ];

    /// <summary>What is asked for until <c>Gatehouse:Ledger:Signer</c> is read.</summary>
    public static readonly string[] Problems = ["Gatehouse:Ledger:KeyPath is empty"];

    public static readonly string[] Queues = ["gatehouse-events", "gatehouse-events-out"];

    public static readonly string[] Tables = ["events"];

    public static readonly int[] EventIds = [1732];
}
