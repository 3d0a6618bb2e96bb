using Gatehouse.Core.Results;

namespace Gatehouse.Core.Estate.Control;

/// <summary>The control plane refused, or gave no usable answer. <see cref="Error.Code"/> is its own, or ours in kebab case when it said none.</summary>
/// <param name="Status">Of the HTTP answer; 0 when there was none.</param>
/// <param name="IsTransient">Asking again later may give another answer.</param>
/// <param name="Body">What it answered, word for word, at most 4,096 characters and without what we sent as secrets; null when that was nothing.</param>
public sealed record ArmFailure(ErrorKind Kind, string Code, string Message, int Status, bool IsTransient, string? Body = null) : Error(Kind, Code, Message)
{
    /// <summary>What it asked us to wait; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Our id of the call.</summary>
    public string? ClientRequestId { get; init; }

    /// <summary>The service's id of the call.</summary>
    public string? RequestId { get; init; }

    /// <summary>What the service's support finds everything by that belongs to the call.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>With the ids that are known, so that whoever reads it can ask the service's support.</summary>
    public override string ToString() => $"{Code}: {Message}{SupportIds.Text(ClientRequestId, RequestId, CorrelationId)}";
}
