namespace Gatehouse.Azure.Checkpoints;

/// <summary>Where signed checkpoints are published; bound from <c>Gatehouse:Azure:Checkpoints</c>. Nothing set: nowhere.</summary>
public sealed class CheckpointContainerOptions
{
    public const string Section = "Gatehouse:Azure:Checkpoints";

    /// <summary>A blob container with an immutability policy, e.g. <c>https://account.blob.core.windows.net/checkpoints</c>; we sign in with Entra, and do not make it.</summary>
    public string? ContainerUri { get; set; }

    /// <summary>The Entra scope of tokens for <c>ContainerUri</c>; null for the cloud's own, which is <c>https://storage.azure.com/.default</c> in each.</summary>
    public string? Scope { get; set; }

    /// <summary>For Azurite on loopback only, in place of <c>ContainerUri</c>; <c>UseDevelopmentStorage=true</c> names its default account and port.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>With <c>ConnectionString</c>: the container, made when it is not there.</summary>
    public string? Container { get; set; }

    internal bool IsSet => !string.IsNullOrEmpty(ContainerUri) || !string.IsNullOrEmpty(ConnectionString);
}
