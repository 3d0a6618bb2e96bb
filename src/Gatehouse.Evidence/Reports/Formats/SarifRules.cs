using System.Globalization;

namespace Gatehouse.Evidence.Reports.Formats;

/// <summary>The rules of a run, found by index or by id. Source: SARIF 2.1.0 section 3.52.3.</summary>
internal sealed class SarifRules
{
    private readonly List<ReportNode> _byIndex;
    private readonly Dictionary<string, ReportNode> _byId = [];

    public SarifRules(ReportNode run)
    {
        _byIndex = [.. (run.Object("tool")?.Object("driver")?.Objects("rules") ?? []).Take(ReportReader.MaxFindings)];
        foreach (var rule in _byIndex)
        {
            if (rule.Text("id") is { } id)
            {
                _byId.TryAdd(id, rule);
            }
        }
    }

    public ReportNode? Of(ReportNode result)
    {
        var reference = result.Object("rule");
        var index = result.Text("ruleIndex") ?? reference?.Text("index");
        if (int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < _byIndex.Count)
        {
            return _byIndex[at];
        }

        return (result.Text("ruleId") ?? reference?.Text("id")) is { } id && _byId.TryGetValue(id, out var rule) ? rule : null;
    }
}
