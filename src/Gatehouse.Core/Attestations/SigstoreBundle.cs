using System.Globalization;
using System.Security.Cryptography;
using Gatehouse.Core.Images;

namespace Gatehouse.Core.Attestations;

/// <summary>A signed statement as cosign keeps it: a bundle, and the manifest that refers to the image. Source: sigstore/cosign specs/BUNDLE_SPEC.md, sigstore protobuf-specs bundle v0.3.</summary>
internal static class SigstoreBundle
{
    public const string MediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

    /// <summary>Of every artifact without a configuration. Source: OCI image-spec manifest.md, "Guidance for an Empty Descriptor".</summary>
    public static ReadOnlyMemory<byte> EmptyConfig { get; } = "{}"u8.ToArray();

    /// <param name="publicKey">SubjectPublicKeyInfo, DER; its digest is the hint by which a verifier picks the key.</param>
    /// <param name="signature">DER.</param>
    public static byte[] Write(byte[] payload, byte[] signature, byte[] publicKey) => JsonText.Object(writer =>
    {
        writer.WriteString("mediaType", MediaType);
        writer.WriteObject("verificationMaterial", () => writer.WriteObject("publicKey", () => writer.WriteBase64String("hint", SHA256.HashData(publicKey))));
        writer.WriteObject("dsseEnvelope", () =>
        {
            writer.WriteBase64String("payload", payload);
            writer.WriteString("payloadType", Dsse.InTotoPayload);
            writer.WriteArray("signatures", [signature], sig => writer.WriteBase64String("sig", sig));
        });
    });

    public static byte[] Manifest(ReadOnlySpan<byte> bundle, Descriptor subject, string predicateType, DateTimeOffset createdAt)
    {
        var layer = new Descriptor(MediaType, Digest.OfBytes(bundle), bundle.Length);
        var config = new Descriptor(MediaTypes.OciEmpty, Digest.OfBytes(EmptyConfig.Span), EmptyConfig.Length);
        return JsonText.Object(writer =>
        {
            writer.WriteNumber("schemaVersion", 2);
            writer.WriteString("mediaType", MediaTypes.OciManifest);
            writer.WriteString("artifactType", MediaType);
            writer.WriteObject("config", () => Fill(config));
            writer.WriteArray("layers", [layer], Fill);
            writer.WriteObject("subject", () => Fill(subject));
            writer.WriteObject("annotations", () =>
            {
                writer.WriteString("dev.sigstore.bundle.content", "dsse-envelope");
                writer.WriteString("dev.sigstore.bundle.predicateType", predicateType);
                writer.WriteString("org.opencontainers.image.created", createdAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            });

            void Fill(Descriptor descriptor)
            {
                writer.WriteString("mediaType", descriptor.MediaType);
                writer.WriteString("digest", descriptor.Digest.ToString());
                writer.WriteNumber("size", descriptor.Size);
            }
        });
    }
}
