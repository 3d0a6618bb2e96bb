using System.Text.Json;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Api;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Events;
using Gatehouse.Functions.Hooks;
using Gatehouse.Functions.Problems;
using Gatehouse.Functions.Triggers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Admission;

/// <summary>What API servers ask before they run something. Callers have the role Agent, or the secret of the hook <c>Kubernetes</c>.</summary>
internal static class AdmissionEndpoints
{
    /// <summary>Bytes; an object in etcd is at most 1.5 MiB, and a review carries the old and the new one.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    public static void MapAdmission(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/webhooks/kubernetes/admission", ReviewObjectAsync).AllowAnonymous()
            .Accepts<JsonElement>("application/json").Produces<AdmissionReviewAnswer>()
            .Describe("ReviewAdmission", "Kubernetes AdmissionReview v1: allowed when every image is a released digest.", 400, 413);
        routes.MapPost("/webhooks/kubernetes/image-review", ReviewImagesAsync).AllowAnonymous()
            .Accepts<JsonElement>("application/json").Produces<ImageReviewAnswer>()
            .Describe("ReviewImages", "Kubernetes ImageReview v1alpha1: allowed when every image is a released digest.", 400, 413);
    }

    private static async Task<IResult> ReviewObjectAsync(HttpContext http, [FromServices] ImageGate gate, CancellationToken cancellationToken)
    {
        if (!(await ReadAsync(http, cancellationToken)).TryGet(out var review, out var error))
        {
            return error.ToProblem();
        }

        if (review.Text("request", "uid") is not { Length: > 0 } uid)
        {
            return new Error(ErrorKind.Invalid, "review-malformed", "The review has no request.uid.", "request.uid").ToProblem();
        }

        var images = review.GetProperty("request").TryGetProperty("object", out var manifest) ? PodImages.Find(manifest) : null;
        var refusal = images is null ? "the object has no pod specification Gatehouse can read" : await gate.RefuseAsync(images, cancellationToken);
        return Results.Json(AdmissionReviewAnswer.Of(uid, refusal), ApiJson.Default.AdmissionReviewAnswer);
    }

    private static async Task<IResult> ReviewImagesAsync(HttpContext http, [FromServices] ImageGate gate, CancellationToken cancellationToken)
    {
        if (!(await ReadAsync(http, cancellationToken)).TryGet(out var review, out var error))
        {
            return error.ToProblem();
        }

        var images = review.TryGetProperty("spec", out var spec) ? PodImages.Images(spec, "containers").ToList() : [];
        var refusal = images.Count == 0 ? "the review names no image" : await gate.RefuseAsync(images, cancellationToken);
        return Results.Json(ImageReviewAnswer.Of(refusal), ApiJson.Default.ImageReviewAnswer);
    }

    private static async Task<Result<JsonElement>> ReadAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var secret = http.RequestServices.GetRequiredService<IOptions<HookOptions>>().Value.Kubernetes;
        if (!http.User.HasRole(Roles.Agent) && HookSecret.Check(http.Request, "kubernetes", secret) is { } wrong)
        {
            return wrong;
        }

        return (await RequestBody.ReadAsync(http.Request, MaxBytes, cancellationToken)).Then(Parse);
    }

    private static Result<JsonElement> Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, InvocationReader.Json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : new Error(ErrorKind.Invalid, "review-malformed", "The review is not a JSON object.", "body");
        }
        catch (JsonException)
        {
            return new Error(ErrorKind.Invalid, "review-malformed", "The review is not JSON.", "body");
        }
    }
}
