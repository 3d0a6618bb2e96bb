namespace Gatehouse.Core.Results;

/// <summary>What kind of refusal an <see cref="Error"/> is; the HTTP layer maps each kind to one status, in one table.</summary>
public enum ErrorKind
{
    Invalid,
    NotFound,
    Conflict,
    Forbidden,
    Unauthenticated,
    TooLarge,
    PreconditionFailed,
    Unavailable,
}

/// <summary>An expected refusal. Faults are exceptions; refusals are values.</summary>
/// <param name="Kind">How callers should treat it.</param>
/// <param name="Code">A stable, machine-readable name in kebab case, e.g. <c>reference-malformed</c>.</param>
/// <param name="Message">One sentence for a person: what is wrong, with the value, and what would be right.</param>
/// <param name="Field">The input field, option key or document path that is wrong, if one is.</param>
public record Error(ErrorKind Kind, string Code, string Message, string? Field = null)
{
    /// <summary>The values the field may take, when they are a closed set.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    public override string ToString() => Field is null ? $"{Code}: {Message}" : $"{Code} ({Field}): {Message}";
}
