using System.Globalization;
using Gatehouse.Core.Images;

namespace Gatehouse.Core.Attestations;

/// <summary>Something the verdict rested on.</summary>
internal sealed record SummaryInput(string Uri, Digest Digest);

/// <summary>An in-toto statement that an image was verified and released. Source: in-toto attestation spec/v1/statement.md, SLSA verification_summary v1.</summary>
/// <param name="Subject">The estate's repository, which is the same in every registry.</param>
/// <param name="Resource">The upstream image.</param>
/// <param name="PolicyUri">Names the versions of the documents that judged.</param>
/// <param name="PolicyDigest">Over those documents; null when they are not known here.</param>
internal sealed record VerificationSummary(
    string VerifierId,
    string Subject,
    Digest Digest,
    ImageReference Resource,
    DateTimeOffset VerifiedAt,
    string PolicyUri,
    Digest? PolicyDigest,
    IReadOnlyList<SummaryInput> Inputs)
{
    public const string PredicateType = "https://slsa.dev/verification_summary/v1";

    /// <summary>A level of our own: SLSA reserves the names that begin with its own.</summary>
    public const string Level = "GATEHOUSE_RELEASED";

    public byte[] ToStatement() => JsonText.Object(writer =>
    {
        writer.WriteString("_type", "https://in-toto.io/Statement/v1");
        writer.WriteArray("subject", [Digest], digest =>
        {
            writer.WriteString("name", Subject);
            writer.WriteObject("digest", () => writer.WriteString(digest.Algorithm, digest.Hex));
        });
        writer.WriteString("predicateType", PredicateType);
        writer.WriteObject("predicate", () =>
        {
            writer.WriteObject("verifier", () => writer.WriteString("id", VerifierId));
            writer.WriteString("timeVerified", VerifiedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("resourceUri", PackageUrl(Resource, Digest));
            writer.WriteObject("policy", () =>
            {
                writer.WriteString("uri", PolicyUri);
                if (PolicyDigest is { } policy)
                {
                    writer.WriteObject("digest", () => writer.WriteString(policy.Algorithm, policy.Hex));
                }
            });
            writer.WriteArray("inputAttestations", Inputs, input =>
            {
                writer.WriteString("uri", input.Uri);
                writer.WriteObject("digest", () => writer.WriteString(input.Digest.Algorithm, input.Digest.Hex));
            });
            writer.WriteString("verificationResult", "PASSED");
            writer.WriteStartArray("verifiedLevels");
            writer.WriteStringValue(Level);
            writer.WriteEndArray();
        });
    });

    /// <summary>Source: package-url purl-spec, types "oci".</summary>
    public static string PackageUrl(ImageReference image, Digest digest)
    {
        var name = image.Repository[(image.Repository.LastIndexOf('/') + 1)..];
        return $"pkg:oci/{name}@{Uri.EscapeDataString(digest.ToString())}?repository_url={Uri.EscapeDataString(image.Name)}";
    }
}
