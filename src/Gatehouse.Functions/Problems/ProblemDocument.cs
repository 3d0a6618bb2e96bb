namespace Gatehouse.Functions.Problems;

/// <summary>An error answer. Source: RFC 9457, with members <c>code</c>, <c>field</c>, <c>allowed</c> and <c>traceId</c>.</summary>
/// <param name="Type"><c>urn:gatehouse:problem:</c> and the code.</param>
/// <param name="Allowed">The values the field may take, when they are a closed set.</param>
/// <param name="TraceId">What the logs of this request carry.</param>
internal sealed record ProblemDocument(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    string? Field,
    IReadOnlyList<string>? Allowed,
    string TraceId);
