using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary>Alerts find what the app writes: each query, as it is deployed, is run over the line, as it is written.</summary>
public sealed partial class AlertTests
{
    private const string Intake = "01JD0000000000000000000000";

    private static readonly DateTimeOffset Since = new(2026, 11, 28, 9, 30, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, JsonNode> Rules = Snapshot.Of("prod").OfType("Microsoft.Insights/scheduledQueryRules")
        .ToDictionary(rule => rule["name"]!.GetValue<string>().Replace("gatehouse-prod-", string.Empty, StringComparison.Ordinal), rule => rule["properties"]!);

    private static IEnumerable<int> Ids => Rules.Keys
        .SelectMany(rule => EventId().Matches(Query(rule)))
        .Select(match => int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture))
        .Distinct();

    /// <summary>A rule; the event, what it says; and what an operator is shown.</summary>
    public static TheoryData<string, int, object[], string> Lines => new()
    {
        { "replica-unhealthy", 1808, ["contosohub/westeurope", "Degraded", Since, "HTTP 503: try later"], "Replica=contosohub/westeurope; Health=Degraded; Since=2026-11-28T09:30:00.0000000+00:00; Reason=HTTP 503: try later" },
        { "ledger-forked", 1243, [42L, "https://proof.example/checkpoints/42"], "Size=42; Place=https://proof.example/checkpoints/42" },
        { "checkpoint-not-published", 1242, [42L, "403: no right"], "Size=42; Reason=403: no right" },
        { "events-not-published", 1274, [42L, "Forbidden: 403: no right"], "Entries=42; Reason=Forbidden: 403: no right" },
        { "poison-messages", 1732, [3L, "intake-work"], "Message=" },
        { "intake-stuck", 1005, [Intake, "Importing"], $"Intake={Intake}" },
        { "intake-stuck", 1007, [new TimeoutException("late"), $"due~{Intake}"], $"Intake=due~{Intake}" },
        { "intake-faulted", 1001, [Intake, "Importing", "Faulted", 12.5, "Denied: no such role."], $"Intake={Intake}; Before=Importing; Reason=Denied: no such role." },
        { "attestation-not-signed", 1110, [new TimeoutException("the vault\nis away"), Intake], $"Intake={Intake}; Reason= System.TimeoutException: the vault is away" },
        { "configuration-invalid", 1700, ["Gatehouse:Auth:ClockSkew is 05:00:00."], "Problem=Gatehouse:Auth:ClockSkew is 05:00:00." },
        { "configuration-invalid", 1701, ["SealLedger", "Gatehouse:Auth:ClockSkew is 05:00:00."], "Problem=Gatehouse:Auth:ClockSkew is 05:00:00." },
        { "unapproved-push", 1806, ["e1", "contosohub.azurecr.io", "app", "sha256:00"], "Event=e1; Image=contosohub.azurecr.io/app@sha256:00" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void Query_OverTheLineAsItIsWritten_ShowsWhatAnOperatorNeeds(string rule, int id, object[] says, string shown)
    {
        var row = new AlertQuery(Query(rule)).Run(LogLine.Of(id, says));

        Assert.NotNull(row);
        Assert.Contains(shown, string.Join("; ", row.Select(column => $"{column.Key}={column.Value}")), StringComparison.Ordinal);
        Assert.All(Dimensions(rule), dimension => Assert.NotEmpty(row[dimension]));
        Assert.All(row, column => Assert.NotEmpty(column.Value));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Query_OverTheLinesOfOtherRules_FindsNothing(string rule, int id, object[] says, string shown)
    {
        Assert.NotEmpty(shown);
        var line = LogLine.Of(id, says);

        Assert.All(TraceRules.Where(other => other != rule), other => Assert.Null(new AlertQuery(Query(other)).Run(line)));
    }

    [Fact]
    public void Query_OverAnIntakeThatMovesOn_FindsNoFault() =>
        Assert.Null(new AlertQuery(Query("intake-faulted")).Run(LogLine.Of(1001, Intake, "Faulted", "Importing", 12.5, "retried; it was -> Faulted before")));

    [Fact]
    public void Lines_CoverEveryEventOfEveryRule()
    {
        Assert.Equal(Ids.Order(), Lines.Select(line => line.Data.Item2).Distinct().Order());
        Assert.Equal(TraceRules.Order(StringComparer.Ordinal), Lines.Select(line => line.Data.Item1).Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>One trace is one count of its window, and the rule ends when there is none: nothing looks further back.</summary>
    [Fact]
    public void Rules_LookAtTheirWindowAndEndByThemselves() => Assert.All(Rules.Values, rule =>
    {
        Assert.True(rule["autoMitigate"]!.GetValue<bool>());
        Assert.Null(rule["overrideQueryTimeRange"]);
    });

    [Theory]
    [InlineData("ledger-forked", 0, "GreaterThan", 0)]
    [InlineData("checkpoint-not-published", 2, "GreaterThanOrEqual", 30)]
    [InlineData("events-not-published", 2, "GreaterThanOrEqual", 15)]
    [InlineData("intake-faulted", 2, "GreaterThan", 0)]
    [InlineData("attestation-not-signed", 2, "GreaterThan", 0)]
    public void Rule_HasTheSeverityAndTheThresholdThatTheDocumentSays(string rule, int severity, string test, int threshold)
    {
        var criteria = Rules[rule]["criteria"]!["allOf"]![0]!;

        Assert.Equal((severity, test, threshold), (Rules[rule]["severity"]!.GetValue<int>(), criteria["operator"]!.GetValue<string>(), criteria["threshold"]!.GetValue<int>()));
    }

    [Fact]
    public void Rules_EachAndItsEvents_AreInTheDocument()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "deploy.md"));

        Assert.All(Ids, id => Assert.Contains($"| {id} |", document, StringComparison.Ordinal));
        Assert.All(Rules, rule => Assert.Matches($@"\| {rule.Key}\b.* \| {rule.Value["severity"]} \|", document));
        Assert.Contains($"| alert rules | {Rules.Count} | {Rules.Count} | {Rules.Count} |", document, StringComparison.Ordinal);
    }

    [Fact]
    public void LedgerAlert_CountsARealFunction() =>
        Assert.True(File.Exists(Path.Combine(Repository.Root, "src", "Gatehouse.Functions", "functions", SealFunction().Match(Query("ledger-not-sealed")).Groups["name"].Value, "function.json")));

    /// <summary>A trace that was sampled away raises nothing; a request that was, raises a false alert.</summary>
    [Fact]
    public void Host_KeepsEveryTraceAndRequestThatAlertsLookAt()
    {
        var logging = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "host.json")))!["logging"]!;

        var kept = logging["applicationInsights"]!["samplingSettings"]!["excludedTypes"]!.GetValue<string>().Split(';');
        Assert.Contains("Trace", kept);
        Assert.Contains("Request", kept);
        var least = Enum.Parse<LogLevel>(logging["logLevel"]!["default"]!.GetValue<string>());
        Assert.All(Ids, id => Assert.InRange(LogLine.LevelOf(id), least, LogLevel.Critical));
    }

    private static IEnumerable<string> TraceRules => Rules.Keys.Where(rule => Query(rule).StartsWith("AppTraces", StringComparison.Ordinal));

    private static string Query(string rule) => Rules[rule]["criteria"]!["allOf"]![0]!["query"]!.GetValue<string>();

    private static IEnumerable<string> Dimensions(string rule) =>
        Rules[rule]["criteria"]!["allOf"]![0]!["dimensions"]!.AsArray().Select(dimension => dimension!["name"]!.GetValue<string>());

    [GeneratedRegex(@"\[(?<id>\d{4})\]""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EventId();

    [GeneratedRegex(@"where Name == ""(?<name>\w+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SealFunction();
}
