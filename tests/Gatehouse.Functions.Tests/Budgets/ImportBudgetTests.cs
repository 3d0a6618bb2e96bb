using Gatehouse.Emulator.Requests;
using Gatehouse.Functions.Tests.EndToEnd;

namespace Gatehouse.Functions.Tests.Budgets;

/// <summary>What bringing one approved image in may cost, counted at the registries and at Resource Manager.</summary>
[Collection(PublishedCollection.Name)]
public sealed class ImportBudgetTests
{
    /// <summary>Of an image for two platforms: the index and the two it names.</summary>
    private const int Manifests = 3;

    private const int Registries = 2;
    private const int Replicas = 4;

    /// <summary>Replicas whose changes arrive late, and how often each may be found not to serve the image yet: with a lag of 150 ms and pauses from 50 ms up, two or three times.</summary>
    private const int LateReplicas = 2;
    private const int Misses = 5;

    [Fact]
    public async Task Import_TwoPlatformsIntoFourReplicas_StaysWithinItsBudget()
    {
        await using var estate = await PublishedEstate.StartAsync();
        await estate.Azure.PushAsync("team/app", "1.0", TestContext.Current.CancellationToken, "amd64", "arm64");
        var id = await estate.RequestAsync($"{estate.Azure.UpstreamHost}/team/app:1.0");
        await estate.DriveAsync(id, "AwaitingApproval");
        foreach (var registry in estate.Azure.Host.Registries)
        {
            registry.Requests.Reset();
        }

        Assert.Equal(200, (await estate.SendAsync("POST", $"/api/intakes/{id}/approve", PublishedEstate.Adam)).Status);
        await estate.DriveAsync(id, "Released");

        var snapshots = estate.Azure.Estate.Select(registry => registry.Requests.Snapshot()).ToList();
        foreach (var line in Budget())
        {
            var counted = snapshots.Sum(snapshot => snapshot.Count(line.Kind, line.Method));
            Assert.True(counted <= line.Most, $"{line.Method} {line.Kind}: {counted} requests, {line.Most} allowed ({line.Why})");
        }

        var known = Budget().Select(line => (line.Kind, line.Method)).ToHashSet();
        Assert.DoesNotContain(snapshots.SelectMany(snapshot => snapshot.Counts.Keys), key => !known.Contains((key.Kind, key.Method)));
        var total = snapshots.Sum(snapshot => snapshot.Total);
        TestContext.Current.SendDiagnosticMessage($"{total} requests of {Budget().Sum(line => line.Most)} allowed");
    }

    [Fact]
    public async Task Import_OfTwoPlatforms_ReadsUpstreamOnceForEachRegistry()
    {
        await using var estate = await PublishedEstate.StartAsync();
        await estate.Azure.PushAsync("team/app", "1.0", TestContext.Current.CancellationToken, "amd64", "arm64");
        var id = await estate.RequestAsync($"{estate.Azure.UpstreamHost}/team/app:1.0");
        await estate.DriveAsync(id, "AwaitingApproval");
        var upstream = estate.Azure.Host.Registry(EmulatedAzure.Upstream);
        upstream.Requests.Reset();

        Assert.Equal(200, (await estate.SendAsync("POST", $"/api/intakes/{id}/approve", PublishedEstate.Adam)).Status);
        await estate.DriveAsync(id, "Released");

        // The copies are the registries' own: each manifest, and each platform's configuration and layer. Nothing passes through the app.
        Assert.Equal(Registries * Manifests, upstream.Requests.Snapshot().Count(RequestKind.Manifest));
        Assert.Equal(Registries * Manifests + (Registries * 4), upstream.Requests.Snapshot().Total);
    }

    /// <summary>Resolving grows with platforms and with referrers, each by a fixed number of requests.</summary>
    [Fact]
    public async Task Resolve_TwoPlatformsAndTwoReferrers_ReadsEachOnce()
    {
        await using var estate = await PublishedEstate.StartAsync();
        var index = await estate.Azure.PushAsync("team/app", "1.0", TestContext.Current.CancellationToken, "amd64", "arm64");
        var sbom = await estate.Azure.PushReferrerAsync("team/app", index, "application/spdx+json", TestContext.Current.CancellationToken);
        await estate.Azure.PushReferrerAsync("team/app", sbom, "application/vnd.cncf.notary.signature", TestContext.Current.CancellationToken);
        var upstream = estate.Azure.Host.Registry(EmulatedAzure.Upstream);
        upstream.Requests.Reset();

        await estate.DriveAsync(await estate.RequestAsync($"{estate.Azure.UpstreamHost}/team/app:1.0"), "AwaitingApproval");

        var seen = upstream.Requests.Snapshot();
        const int Referrers = 2;
        Assert.Equal(Manifests + Referrers, seen.Count(RequestKind.Manifest, "GET"));
        Assert.Equal(Manifests - 1, seen.Count(RequestKind.Blob, "GET"));

        // One list for each manifest; three tags of cosign's older layout for each of the image's own.
        Assert.Equal(Manifests + Referrers, seen.Count(RequestKind.Referrers, "GET"));
        Assert.Equal(3 * Manifests, seen.Count(RequestKind.Manifest, "HEAD"));
        Assert.Equal((6 * Manifests) + (2 * Referrers) - 1, seen.Total);
    }

    private static IEnumerable<Line> Budget() =>
    [
        // One refresh token for each endpoint, since tokens are an endpoint's own.
        new(RequestKind.Exchange, "POST", Replicas, "one for each replica"),

        // Everywhere to pull; at home also to push and to read and write metadata.
        new(RequestKind.Token, "POST", Replicas + (3 * Registries), "one for each replica and kind of access"),

        // Whether the image is there already, before it is ordered.
        new(RequestKind.ArmImport, "POST", Registries, "one for each registry, platforms come along"),
        new(RequestKind.ArmOperation, "GET", 4 * Registries, "polls with growing pauses"),

        // Home: is it there before the import, and does it hold what is to be tagged. Everywhere: every manifest served, once.
        new(RequestKind.Manifest, "HEAD", (2 * Registries) + (Manifests * Replicas) + (Misses * LateReplicas), "proof of every manifest at every replica"),

        // What refers to the image, and to whatever else is referred to; here nothing is.
        new(RequestKind.Referrers, "GET", Registries, "the closure, at home"),

        // The attestation: a configuration and a bundle, and the manifest that refers to the image.
        new(RequestKind.Blob, "HEAD", 2 * Registries, "is the blob there"),
        new(RequestKind.Upload, "POST", 2 * Registries, "an upload for each blob"),
        new(RequestKind.Upload, "PUT", 2 * Registries, "its bytes"),

        // The tag is the manifest put again under a name.
        new(RequestKind.Manifest, "GET", Registries, "the bytes to tag"),
        new(RequestKind.Manifest, "PUT", 2 * Registries, "the tag and the attestation"),

        // Locks are read before and after they are set: of the tag, of the manifest and of the attestation.
        new(RequestKind.RepositoryTags, "GET", 2 * Registries, "the tag's state before, and to be sure after"),
        new(RequestKind.RepositoryTags, "PATCH", Registries, "the tag's lock"),
        new(RequestKind.RepositoryManifests, "GET", 4 * Registries, "both manifests' state before, and to be sure after"),
        new(RequestKind.RepositoryManifests, "PATCH", 2 * Registries, "both manifests' locks"),
    ];

    private sealed record Line(RequestKind Kind, string Method, long Most, string Why);
}
