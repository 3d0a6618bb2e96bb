using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;

namespace Gatehouse.Local.Samples;

/// <summary>What the sample upstream registry holds, and which rule of the sample policies each image is there to meet.</summary>
internal static class SampleCatalog
{
    /// <summary>Multi-arch, clean, with an SBOM that something refers to in turn: goes all the way.</summary>
    public const string Api = "shop/api";
    public const string ApiTag = "1.4.2";

    /// <summary>Carries a package with a critical finding.</summary>
    public const string Legacy = "shop/legacy";
    public const string LegacyTag = "2.0.1";

    /// <summary>Comes from a source that policy forbids.</summary>
    public const string Untrusted = "untrusted/miner";
    public const string UntrustedTag = "1.0.0";

    /// <summary>Larger than the limit of <c>contoso/payments</c>.</summary>
    public const string Huge = "shop/dataset";
    public const string HugeTag = "2026.03";

    /// <summary>Its tag moves during the tour.</summary>
    public const string Worker = "shop/worker";
    public const string WorkerTag = "3.1";

    private const int HugeLayerBytes = 65 * 1024 * 1024;

    private static readonly Platform Amd64 = new("linux", "amd64");
    private static readonly Platform Arm64 = new("linux", "arm64");

    private static readonly SamplePackage[] Base =
    [
        new("alpine-baselayout", "3.6.5-r0", "GPL-2.0-only"),
        new("busybox", "1.36.1-r29", "GPL-2.0-only"),
        new("musl", "1.2.5-r0", "MIT"),
        new("ca-certificates", "20240705-r0", "MPL-2.0 AND MIT"),
    ];

    /// <summary>Fills the upstream registry with everything but the update of <see cref="Worker"/>.</summary>
    public static async Task PushAllAsync(IRegistryClient upstream, CancellationToken cancellationToken)
    {
        var openssl = new SamplePackage("openssl", "3.3.2-r0", "Apache-2.0");
        var api = MultiArch("api", openssl);
        await api.PushAsync(upstream, Api, ApiTag, cancellationToken);
        await SampleReferrers.PushAsync(upstream, Api, api, [.. Base, openssl], cancellationToken);
        await MultiArch("legacy", new SamplePackage("xz-libs", "5.6.1-r0", "0BSD")).PushAsync(upstream, Legacy, LegacyTag, cancellationToken);
        await MultiArch("miner").PushAsync(upstream, Untrusted, UntrustedTag, cancellationToken);
        await WorkerImage(1).PushAsync(upstream, Worker, WorkerTag, cancellationToken);
        var ballast = SampleLayer.Ballast(HugeLayerBytes, seed: 7);
        await SampleImage.Index(
            (Amd64, SampleImage.Of(Amd64, "dataset", SampleLayer.Alpine("x86_64", Base), ballast)),
            (Arm64, SampleImage.Of(Arm64, "dataset", SampleLayer.Alpine("aarch64", Base), ballast))).PushAsync(upstream, Huge, HugeTag, cancellationToken);
    }

    /// <summary>Pushes a newer build under the tag that <see cref="Worker"/> already has.</summary>
    public static async Task<Digest> MoveWorkerAsync(IRegistryClient upstream, CancellationToken cancellationToken)
    {
        var image = WorkerImage(2);
        await image.PushAsync(upstream, Worker, WorkerTag, cancellationToken);
        return image.Digest;
    }

    private static SampleImage WorkerImage(int build) => MultiArch("worker", new SamplePackage("worker", $"3.1.{build}-r0", "MIT"));

    private static SampleImage MultiArch(string title, params SamplePackage[] packages) => SampleImage.Index(
        (Amd64, SampleImage.Of(Amd64, title, SampleLayer.Alpine("x86_64", [.. Base, .. packages]))),
        (Arm64, SampleImage.Of(Arm64, title, SampleLayer.Alpine("aarch64", [.. Base, .. packages]))));
}
