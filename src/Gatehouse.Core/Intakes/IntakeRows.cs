using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Intakes;

/// <summary>What the list of intakes is filtered by.</summary>
/// <param name="Turn">Of the intake it was made from; an older one never replaces a newer.</param>
internal sealed record IntakeSummary(string Id, Scope Scope, IntakeState State, int Turn);

/// <summary>Who holds a claim.</summary>
/// <param name="Fingerprint">Of the request, for idempotency keys.</param>
internal sealed record ClaimRow(string Intake, string? Fingerprint = null);

/// <summary>Tables, keys and encodings of everything stored about intakes.</summary>
/// <remarks>
/// <c>intakes</c>: one partition an intake, with its state row, its events, its evidence and its attestation.
/// <c>intakeindex</c>: <c>due</c> (what to wake, by time) and <c>all</c> (newest first).
/// <c>intakeclaims</c>: who stands for an image in a scope, who used an idempotency key, which manifests are expected in the estate.
/// </remarks>
internal static class IntakeRows
{
    public const string Table = "intakes";
    public const string IndexTable = "intakeindex";
    public const string ClaimTable = "intakeclaims";
    public const string StateRow = "state";
    public const string AttestationRow = "attestation";
    public const string EvidencePrefix = "s~";
    public const string DuePartition = "due";
    public const string AllPartition = "all";

    public static RecordKey State(string id) => new(Table, id, StateRow);

    public static string Event(int sequence) => $"e~{sequence:D6}";

    public static string Evidence(string scanner) => EvidencePrefix + RecordKeys.Encode(scanner);

    public static string Due(DateTimeOffset at, string id, int turn, char kind) => $"{RecordKeys.Time(at)}~{id}~{turn:D6}{kind}";

    public static string Listed(Intake intake) => $"{RecordKeys.TimeDescending(intake.RequestedAt)}~{intake.Id}";

    public static RecordKey TagClaim(Scope scope, ImageReference image) =>
        new(ClaimTable, ImagePartition(scope, image), $"t~{image.Tag}");

    public static RecordKey DigestClaim(Scope scope, ImageReference image, Digest digest) =>
        new(ClaimTable, ImagePartition(scope, image), $"d~{digest}~{image.Tag}");

    public static RecordKey IdempotencyClaim(string requester, string key) =>
        new(ClaimTable, "key~" + Hash(requester), Hash(key));

    public static string ExpectedPartition(string repository) => "expected~" + RecordKeys.Encode(repository);

    public static byte[] Write(Intake intake) => JsonSerializer.SerializeToUtf8Bytes(intake, IntakeJson.Default.Intake);

    public static Intake ReadIntake(Record record) =>
        JsonSerializer.Deserialize(record.Data.Span, IntakeJson.Default.Intake) ?? throw Corrupt(record);

    public static byte[] Write(LedgerEvent entry) => LedgerEventJson.Serialize(entry);

    public static LedgerEvent ReadEvent(Record record) => LedgerEventJson.Parse(record.Data.Span);

    public static byte[] Write(ClaimRow claim) => JsonSerializer.SerializeToUtf8Bytes(claim, IntakeJson.Default.ClaimRow);

    public static ClaimRow ReadClaim(Record record) =>
        JsonSerializer.Deserialize(record.Data.Span, IntakeJson.Default.ClaimRow) ?? throw Corrupt(record);

    public static byte[] Write(IntakeSummary summary) => JsonSerializer.SerializeToUtf8Bytes(summary, IntakeJson.Default.IntakeSummary);

    public static IntakeSummary ReadSummary(Record record) =>
        JsonSerializer.Deserialize(record.Data.Span, IntakeJson.Default.IntakeSummary) ?? throw Corrupt(record);

    /// <summary>Findings repeat themselves, so evidence is stored compressed: about a tenth.</summary>
    public static byte[] Write(ScanEvidence evidence)
    {
        var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest))
        {
            JsonSerializer.Serialize(gzip, evidence, IntakeJson.Default.ScanEvidence);
        }

        return buffer.ToArray();
    }

    /// <summary>As it was before compression; what an attestation's digest of it is over.</summary>
    public static byte[] WritePlain(ScanEvidence evidence) => JsonSerializer.SerializeToUtf8Bytes(evidence, IntakeJson.Default.ScanEvidence);

    public static byte[] Write(ReferrerArtifact artifact) => JsonSerializer.SerializeToUtf8Bytes(artifact, IntakeJson.Default.ReferrerArtifact);

    public static ReferrerArtifact ReadAttestation(Record record) =>
        JsonSerializer.Deserialize(record.Data.Span, IntakeJson.Default.ReferrerArtifact) ?? throw Corrupt(record);

    public static ScanEvidence ReadEvidence(Record record)
    {
        using var gzip = new GZipStream(new MemoryStream(record.Data.ToArray()), CompressionMode.Decompress);
        return JsonSerializer.Deserialize(gzip, IntakeJson.Default.ScanEvidence) ?? throw Corrupt(record);
    }

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    private static string ImagePartition(Scope scope, ImageReference image) => "image~" + Hash($"{scope.Path} {image.Name}");

    private static InvalidDataException Corrupt(Record record) => new($"{record.Key} holds null.");
}
