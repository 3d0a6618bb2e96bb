using Gatehouse.Core.Results;

namespace Gatehouse.Core.Policies.Documents;

/// <param name="Path">Of the value in the document, e.g. <c>rules.size.max</c>; empty for the document itself.</param>
/// <param name="Line">1-based; 0 for the document itself.</param>
internal sealed record Problem(string Path, int Line, string Message, IReadOnlyList<string> Allowed);

/// <summary>Everything that is wrong with one document. Reading goes on after a problem, so that people need not mend one at a time.</summary>
internal sealed class Problems
{
    /// <summary>Problems listed; of more, only the number is given.</summary>
    private const int MaxListed = 40;

    private const int MaxShown = 80;

    private readonly List<Problem> _problems = [];

    public bool Any => _problems.Count > 0;

    public void Add(string path, int line, string message, params IReadOnlyList<string> allowed) => _problems.Add(new Problem(path, line, message, allowed));

    /// <summary>A value as an error may show it: short, on one line.</summary>
    public static string Show(string text)
    {
        var shown = text.Length > MaxShown ? text[..MaxShown] + "…" : text;
        return "'" + string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c)) + "'";
    }

    /// <param name="subject">What the problems are about, e.g. <c>The policy of contoso</c>.</param>
    public Error ToError(string code, ErrorKind kind, string subject)
    {
        var ordered = _problems.OrderBy(problem => problem.Line).ToList();
        var listed = ordered.Take(MaxListed).Select(Describe);
        var more = ordered.Count > MaxListed ? $"; and {ordered.Count - MaxListed} more" : string.Empty;
        var count = ordered.Count == 1 ? "1 problem" : $"{ordered.Count} problems";
        return new Error(kind, code, $"{subject} has {count}: {string.Join("; ", listed)}{more}.", ordered[0].Path.Length == 0 ? null : ordered[0].Path)
        {
            Allowed = ordered[0].Allowed,
        };
    }

    private static string Describe(Problem problem)
    {
        var place = (problem.Line, problem.Path) switch
        {
            (0, _) => string.Empty,
            (_, "") => $"line {problem.Line}: ",
            _ => $"line {problem.Line}, {problem.Path}: ",
        };
        return place + problem.Message + (problem.Allowed.Count == 0 ? string.Empty : $"; allowed: {string.Join(", ", problem.Allowed)}");
    }
}
