using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gatehouse.Functions.Tests.Hosting.Schemas;

/// <summary>What a <c>function.json</c> may be. Source: the binding reference of Azure Functions.</summary>
internal static partial class FunctionFileRules
{
    private static readonly JsonRule Connection = JsonRules.Text(text => SettingName().IsMatch(text), "the name of a connection");
    private static readonly JsonRule Queue = JsonRules.Text(text => QueueName().IsMatch(text), "a queue name: 3 to 63 lower-case letters, digits and single dashes");

    private static readonly Dictionary<string, Dictionary<string, JsonRule>> Members = new()
    {
        ["httpTrigger"] = new()
        {
            ["direction!"] = JsonRules.Word("in"),
            ["authLevel!"] = JsonRules.Word("anonymous", "function", "admin"),
            ["methods!"] = JsonRules.List(JsonRules.Word("get", "head", "post", "put", "patch", "delete", "options", "trace")),
            ["route!"] = JsonRules.Text(RouteSyntax.IsValid, "a route without a slash at its ends"),
        },
        ["http"] = new() { ["direction!"] = JsonRules.Word("out") },
        ["timerTrigger"] = new()
        {
            ["direction!"] = JsonRules.Word("in"),
            ["schedule!"] = JsonRules.Text(NCronTab.IsValid, "an NCRONTAB schedule of six fields"),
            ["useMonitor!"] = JsonRules.Flag,
            ["runOnStartup!"] = JsonRules.Flag,
        },
        ["queueTrigger"] = new() { ["direction!"] = JsonRules.Word("in"), ["queueName!"] = Queue, ["connection!"] = Connection },
        ["eventGridTrigger"] = new() { ["direction!"] = JsonRules.Word("in") },
    };

    private static readonly JsonRule Binding = (path, value) =>
    {
        if (value?["type"]?.GetValue<string>() is not { } type || !Members.TryGetValue(type, out var members))
        {
            return [$"{path}.type: one of {string.Join(", ", Members.Keys)}"];
        }

        var all = new Dictionary<string, JsonRule>(members)
        {
            ["type!"] = JsonRules.Word(type),
            ["name!"] = JsonRules.Text(text => BindingName().IsMatch(text), "a letter, then letters and digits"),
        };
        return JsonRules.Object(all)(path, value);
    };

    private static readonly JsonRule File = JsonRules.Object(new() { ["bindings!"] = JsonRules.List(Binding) });

    public static IReadOnlyList<string> Check(string json)
    {
        var file = JsonNode.Parse(json);
        var problems = File("function", file).ToList();
        return problems.Count > 0 ? problems : [.. Together(file!["bindings"]!.AsArray())];
    }

    private static IEnumerable<string> Together(JsonArray bindings)
    {
        var types = bindings.Select(binding => binding!["type"]!.GetValue<string>()).ToList();
        if (types.Count(type => type.EndsWith("Trigger", StringComparison.Ordinal)) != 1)
        {
            yield return "function.bindings: exactly one trigger";
        }

        // The host forwards a request only to a function with one trigger and one output, and waits for ever for an answer that has no binding.
        if (types.Contains("httpTrigger") != types.Contains("http") || types.Count(type => type == "http") > 1)
        {
            yield return "function.bindings: an httpTrigger and an http output go together";
        }

        if (bindings.Select(binding => binding!["name"]!.GetValue<string>()).Distinct().Count() != bindings.Count)
        {
            yield return "function.bindings: each name once";
        }
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9]{0,127}\z", RegexOptions.None, 1000)]
    private static partial Regex BindingName();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_]*\z", RegexOptions.None, 1000)]
    private static partial Regex SettingName();

    [GeneratedRegex(@"\A(?=.{3,63}\z)[a-z0-9]+(?:-[a-z0-9]+)*\z", RegexOptions.None, 1000)]
    private static partial Regex QueueName();
}
