namespace Gatehouse.Core.Estate;

/// <summary>One thing wrong with <c>estate.yaml</c>.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Path">The field, e.g. <c>registries[0].home</c>; empty for the document.</param>
/// <param name="Value">What stands there.</param>
/// <param name="Allowed">What may stand there, as a sentence that follows "write".</param>
public sealed record EstateIssue(int Line, string Path, string Value, string Allowed)
{
    public override string ToString() => $"line {Line}, {(Path.Length == 0 ? "document" : Path)}: '{Value}' is not allowed; write {Allowed}.";
}

/// <summary>The estate file cannot be used; the message lists everything that is wrong with it.</summary>
public sealed class EstateInvalidException : Exception
{
    public EstateInvalidException(string message)
        : base(message)
    {
    }

    public EstateInvalidException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public EstateInvalidException(string path, IReadOnlyList<EstateIssue> issues)
        : base($"{path} does not describe an estate ({issues.Count} {(issues.Count == 1 ? "error" : "errors")}):{string.Concat(issues.Select(issue => $"\n  {issue}"))}") =>
        Issues = issues;

    public IReadOnlyList<EstateIssue> Issues { get; } = [];
}
