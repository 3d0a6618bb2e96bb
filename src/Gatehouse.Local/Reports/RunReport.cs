using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Emulator.Topics;

namespace Gatehouse.Local.Reports;

/// <summary>What <c>tour --json</c> and <c>admit --json</c> print.</summary>
internal sealed record RunReport(
    IReadOnlyList<StepReport> Steps,
    IReadOnlyList<ReleasedReport> Released,
    IReadOnlyList<RefusedReport> Refused,
    LedgerReport? Ledger)
{
    /// <summary>Null when the run did not get so far.</summary>
    public EventsReport? Events { get; init; }
}

internal sealed record StepReport(string Name, bool Ok, long ElapsedMs);

/// <param name="Attestation">The signed attestation's manifest; null when attestations are off.</param>
internal sealed record ReleasedReport(string Image, string Digest, IReadOnlyList<RegistryReport> Registries, string? Attestation);

/// <param name="Closure">That it serves everything that refers to the image.</param>
internal sealed record RegistryReport(string Name, IReadOnlyList<ReplicaReport> Replicas, ClosureReport? Closure);

/// <param name="Sha256">Over the referrers' digests, sorted, a line each.</param>
internal sealed record ClosureReport(int Expected, int Found, string Sha256);

/// <param name="Pull">A reference that any client can pull from this replica.</param>
internal sealed record ReplicaReport(string Region, string Endpoint, string Pull, string Digest, long? LagMs);

internal sealed record RefusedReport(string Image, string Rule, string? Scope, string Reason);

/// <summary>What the governance topic received.</summary>
/// <param name="Types">How many of each type; an event that came twice counts once.</param>
internal sealed record EventsReport(int Received, IReadOnlyDictionary<string, int> Types)
{
    public static EventsReport Of(EmulatedTopic topic)
    {
        var events = topic.Received.DistinctBy(one => one.Id).ToList();
        return new EventsReport(events.Count, events.GroupBy(one => one.Type).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count()));
    }
}

/// <param name="Root">Base64.</param>
internal sealed record LedgerReport(long Size, string Root, bool Verified);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(UpReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
