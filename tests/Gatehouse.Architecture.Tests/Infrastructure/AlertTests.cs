using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary>Alerts look for what the app writes: event ids, and the words around what they take out of a line.</summary>
public sealed partial class AlertTests
{
    private static readonly string Alerts = string.Join('\n', BicepFile.Of("modules/alerts.bicep").Lines);

    private static readonly Dictionary<int, string> Events = Product.MayReference.Keys
        .SelectMany(project => Product.Load(project).GetTypes())
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
        .OfType<LoggerMessageAttribute>()
        .ToDictionary(found => found.EventId, found => found.Message);

    private static IEnumerable<int> Ids => EventId().Matches(Alerts).Select(match => int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture)).Distinct();

    [Fact]
    public void Alerts_EveryEventId_IsOfTheCode()
    {
        Assert.NotEmpty(Ids);
        Assert.Empty(Ids.Except(Events.Keys));
    }

    [Fact]
    public void Alerts_EveryEventId_IsInTheDocument()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "deploy.md"));

        Assert.All(Ids, id => Assert.Contains($"| {id} |", document, StringComparison.Ordinal));
    }

    [Fact]
    public void ReplicaAlert_ReadsTheLineAsItIsWritten()
    {
        Assert.Equal("Replica {Replica} went from {Before} to {After}: {Reason}", Events[1802]);
        Assert.Contains("""parse Message with * "] Replica " Replica " went from " Before " to " After ":" Reason""", Alerts, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1005, "Intake {Intake} ", @"\[1005\] Intake (\S+)")]
    [InlineData(1007, "due row {Row} ", @"due row (\S+)")]
    public void IntakeAlert_FindsTheIntakeWhereItIsWritten(int id, string words, string pattern)
    {
        Assert.Contains(words, Events[id], StringComparison.Ordinal);
        Assert.Contains($"extract(@\"{pattern}\"", Alerts, StringComparison.Ordinal);
    }

    [Fact]
    public void LedgerAlert_CountsARealFunction() =>
        Assert.True(File.Exists(Path.Combine(Repository.Root, "src", "Gatehouse.Functions", "functions", SealFunction().Match(Alerts).Groups["name"].Value, "function.json")));

    [GeneratedRegex(@"\[(?<id>\d{4})\]""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EventId();

    [GeneratedRegex(@"where Name == ""(?<name>\w+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SealFunction();
}
