using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Gatehouse.Registry.Client;

public enum RegistryFailureKind
{
    /// <summary>404: the registry answers and does not have it.</summary>
    NotFound,

    /// <summary>401 or 403 after authenticating: not ours to read, or hidden.</summary>
    Denied,

    /// <summary>429.</summary>
    Throttled,

    /// <summary>Unreachable, timed out, 5xx: nothing is known.</summary>
    Unavailable,

    /// <summary>The answer breaks the protocol or a limit: wrong digest, too large, endless pages, a forbidden redirect or realm.</summary>
    Untrustworthy,

    /// <summary>Any other 4xx, e.g. 405 for a locked tag, 400, 416.</summary>
    Refused,
}

/// <summary>Why a registry call has no value.</summary>
/// <param name="Codes">OCI error codes from the body, e.g. <c>MANIFEST_UNKNOWN</c>; empty when it has none.</param>
/// <param name="RequestLine">Method and URL without query, for logs.</param>
/// <param name="Body">The raw body, cut to 2 KiB, for operators.</param>
public sealed record RegistryFailure(
    RegistryFailureKind Kind,
    string Message,
    string RequestLine,
    HttpStatusCode? Status = null,
    IReadOnlyList<string>? Codes = null,
    TimeSpan? RetryAfter = null,
    string? Body = null)
{
    /// <summary>Our id of the call, the same for every try; null where none was sent.</summary>
    public string? ClientRequestId { get; init; }

    /// <summary>The service's id of the last request, by which its support finds it; null when it gave none.</summary>
    public string? RequestId { get; init; }

    /// <summary>Without the ids of the requests: the same for the same failure, for whoever compares.</summary>
    public string Summary => $"{RequestLine}: {Message}";

    /// <summary>The message and the ids to ask a service's support with.</summary>
    public string Explanation => (ClientRequestId, RequestId) switch
    {
        (null, null) => Message,
        (null, { } theirs) => $"{Message} (request {theirs})",
        ({ } ours, null) => $"{Message} (client request {ours})",
        ({ } ours, { } theirs) => $"{Message} (client request {ours}, request {theirs})",
    };

    public override string ToString() => $"{RequestLine}: {Explanation}";
}

/// <summary>A registry's answer: a value, or a failure that says what is known.</summary>
public readonly struct RegistryResult<T>
{
    private readonly T? _value;
    private readonly RegistryFailure? _failure;

    private RegistryResult(T? value, RegistryFailure? failure) => (_value, _failure) = (value, failure);

    public bool IsOk => _failure is null;

    /// <exception cref="InvalidOperationException">The call failed.</exception>
    public T Value => _failure is null ? _value! : throw new InvalidOperationException(_failure.ToString());

    /// <exception cref="InvalidOperationException">The call succeeded.</exception>
    public RegistryFailure Failure => _failure ?? throw new InvalidOperationException("The call succeeded.");

    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out RegistryFailure? failure)
    {
        (value, failure) = (_value, _failure);
        return _failure is null;
    }

    [SuppressMessage("Usage", "CA2225", Justification = "The named alternatives would only repeat the constructor.")]
    public static implicit operator RegistryResult<T>(T value) => new(value, null);

    [SuppressMessage("Usage", "CA2225", Justification = "The named alternatives would only repeat the constructor.")]
    public static implicit operator RegistryResult<T>(RegistryFailure failure) => new(default, failure);
}
