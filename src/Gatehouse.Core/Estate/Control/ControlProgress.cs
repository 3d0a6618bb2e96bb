namespace Gatehouse.Core.Estate.Control;

/// <summary>How a change is asked after. Source: ARM, asynchronous operations.</summary>
public enum ControlOperationStyle
{
    /// <summary>A document with a status, from the header <c>Azure-AsyncOperation</c>; then the resource itself.</summary>
    AsyncOperation,

    /// <summary>202 while it runs, from the header <c>Location</c>.</summary>
    Location,

    /// <summary>The resource's own <c>provisioningState</c>.</summary>
    Resource,
}

/// <summary>A change that the control plane is still making. Store it; any process can ask after it later.</summary>
/// <param name="Url">Where to ask; on the ARM host.</param>
/// <param name="Resource">ARM id of what is changed; null when nothing is to be read in the end.</param>
/// <param name="ApiVersion">The version the resource is read with in the end.</param>
public sealed record ControlOperation(ControlOperationStyle Style, string Url, string? Resource, string ApiVersion);

/// <summary>Where one change stands.</summary>
public abstract record ControlProgress
{
    private ControlProgress()
    {
    }

    /// <param name="RetryAfter">When to ask again, if the service said so.</param>
    public sealed record Running(ControlOperation Operation, TimeSpan? RetryAfter) : ControlProgress;

    public sealed record Done : ControlProgress;

    /// <summary>It could not be asked after. The change goes on, or has ended meanwhile: ask again with the same operation.</summary>
    public sealed record Unknown(ControlOperation Operation, ArmFailure Failure) : ControlProgress;

    /// <summary>It was refused, or ended without being made.</summary>
    public sealed record Failed(ArmFailure Failure) : ControlProgress;
}

/// <summary>Asks after changes.</summary>
public interface IControlOperations
{
    Task<ControlProgress> PollAsync(ControlOperation operation, CancellationToken cancellationToken);
}
