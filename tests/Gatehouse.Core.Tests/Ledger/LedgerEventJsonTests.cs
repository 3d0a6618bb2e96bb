using System.Text;
using System.Text.Json;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Scopes;
using Xunit;

namespace Gatehouse.Core.Tests.Ledger;

public sealed class LedgerEventJsonTests
{
    private static readonly LedgerEvent Event = new(
        "00000000000000000001~intake~000001",
        new DateTimeOffset(2026, 3, 1, 14, 0, 0, 5, TimeSpan.FromHours(2)),
        LedgerEventTypes.IntakeRequested,
        "user:ada",
        "intake:1",
        Scope.Parse("contoso/payments").Value,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["b"] = "2", ["a"] = "1", ["B"] = "<3>" });

    /// <summary>These bytes are hashed for good: a change here breaks the proofs of every ledger there is.</summary>
    [Fact]
    public void Serialize_KnownEvent_IsTheseBytes() => Assert.Equal(
        """{"id":"00000000000000000001~intake~000001","at":"2026-03-01T12:00:00.005+00:00","type":"intake.requested","actor":"user:ada","subject":"intake:1","scope":"contoso/payments","details":{"B":"\u003C3\u003E","a":"1","b":"2"}}""",
        Encoding.UTF8.GetString(LedgerEventJson.Serialize(Event)));

    [Fact]
    public void Serialize_SameFactsInAnotherOrderAndZone_IsTheSameBytes()
    {
        var same = Event with { At = Event.At.ToUniversalTime(), Details = Event.Details.Reverse().ToDictionary(StringComparer.Ordinal) };

        Assert.Equal(LedgerEventJson.Serialize(Event), LedgerEventJson.Serialize(same));
    }

    [Theory]
    [InlineData("contoso")]
    [InlineData(null)]
    public void Parse_WhatWasSerialized_IsTheEvent(string? scope)
    {
        var scoped = Event with { Scope = scope is null ? null : Scope.Parse(scope).Value };

        var parsed = LedgerEventJson.Parse(LedgerEventJson.Serialize(scoped));

        Assert.Equal(scoped with { Details = parsed.Details }, parsed);
        Assert.Equal(scoped.Details.OrderBy(pair => pair.Key, StringComparer.Ordinal), parsed.Details.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    public void Parse_NoEvent_IsRefused(string json) => Assert.Throws<JsonException>(() => LedgerEventJson.Parse(Encoding.UTF8.GetBytes(json)));
}
