using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Problems;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Functions.Api.Images;

internal sealed record ImageDocument(string Digest, IReadOnlyList<ReleaseDocument> Releases);

internal sealed record ReleaseDocument(
    string Repository,
    IReadOnlyList<string> Tags,
    IReadOnlyList<string> Manifests,
    string Source,
    string Scope,
    string Intake,
    DateTimeOffset ReleasedAt,
    string? Attestation);

/// <summary><c>/api/images</c>: what was released.</summary>
internal static class ImageEndpoints
{
    public static void MapImages(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/images/{digest}", GetAsync).RequireAuthorization(Access.ReadImages)
            .Produces<ImageDocument>()
            .Describe("GetImage", "Where a digest was released, by which intake.", 400, 404);

    private static async Task<IResult> GetAsync(string digest, [FromServices] IReleasedImages images, CancellationToken cancellationToken)
    {
        if (!Digest.Parse(digest).TryGet(out var parsed, out var error))
        {
            return error.ToProblem();
        }

        var releases = await images.FindAsync(parsed, cancellationToken);
        return releases.Count == 0
            ? new Error(ErrorKind.NotFound, "image-unknown", $"No release holds '{digest}'.", "digest").ToProblem()
            : Results.Json(new ImageDocument(digest, [.. releases.Select(ToDocument)]), ApiJson.Default.ImageDocument);
    }

    private static ReleaseDocument ToDocument(ReleasedImage image) => new(
        image.Repository,
        image.Tags,
        [.. image.Manifests.Select(manifest => manifest.ToString())],
        image.Source.ToString(),
        image.Scope.Path,
        image.Intake,
        image.ReleasedAt,
        image.Attestation?.ToString());
}
