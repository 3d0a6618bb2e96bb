using System.Text.Json.Nodes;

namespace Gatehouse.Local.Reports;

/// <summary>Reads intakes, as the API shows them, into report rows.</summary>
internal static class IntakeReports
{
    public static ReleasedReport Released(JsonNode intake)
    {
        var digest = intake["digest"]!.GetValue<string>();
        var repository = intake["targetRepository"]!.GetValue<string>();
        var registries = intake["replicas"]!.AsArray()
            .GroupBy(replica => replica!["registry"]!.GetValue<string>())
            .Select(group => new RegistryReport(group.Key, [.. group.Select(replica => Replica(replica!, repository, digest))], Closure(intake, group.Key)));
        return new ReleasedReport(intake["image"]!.GetValue<string>(), digest, [.. registries], intake["attestation"]?.GetValue<string>());
    }

    /// <summary>A row for every rule that refuses, or the intake's own reason when none was asked.</summary>
    public static IEnumerable<RefusedReport> Refused(JsonNode intake)
    {
        var image = intake["image"]!.GetValue<string>();
        var blocking = Rules(intake, "fail").Concat(Rules(intake, "unknown")).ToList();
        return blocking.Count > 0
            ? blocking.Select(rule => new RefusedReport(
                image,
                rule["rule"]!.GetValue<string>(),
                rule["decidedBy"]?.GetValue<string>(),
                rule["reason"]!.GetValue<string>()))
            : [new RefusedReport(image, intake["state"]!.GetValue<string>().ToLowerInvariant(), null, intake["reason"]?.GetValue<string>() ?? "no reason given")];
    }

    public static IEnumerable<JsonNode> Rules(JsonNode intake, string outcome) =>
        intake["verdict"]?["rules"]?.AsArray()
            .Where(rule => string.Equals(rule!["outcome"]!.GetValue<string>(), outcome, StringComparison.OrdinalIgnoreCase))
            .Select(rule => rule!) ?? [];

    private static ClosureReport? Closure(JsonNode intake, string registry) =>
        intake["closures"]!.AsArray().FirstOrDefault(receipt => receipt!["registry"]!.GetValue<string>() == registry) is { } closed
            ? new ClosureReport(closed["expected"]!.GetValue<int>(), closed["found"]!.GetValue<int>(), closed["sha256"]!.GetValue<string>())
            : null;

    private static ReplicaReport Replica(JsonNode replica, string repository, string digest)
    {
        var endpoint = replica["endpoint"]!.GetValue<string>();
        return new ReplicaReport(
            replica["region"]!.GetValue<string>(),
            endpoint,
            $"{endpoint}/{repository}@{digest}",
            digest,
            replica["lagMs"]?.GetValue<long>());
    }
}
