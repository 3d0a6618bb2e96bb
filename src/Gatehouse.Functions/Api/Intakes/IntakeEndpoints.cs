using Gatehouse.Core.Intakes;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Problems;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Functions.Api.Intakes;

/// <summary><c>/api/intakes</c>.</summary>
internal static class IntakeEndpoints
{
    public static void MapIntakes(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/intakes", SubmitAsync).RequireAuthorization(Access.Request)
            .Accepts<IntakeSubmission>("application/json").Produces<IntakeDocument>(202).Produces<IntakeDocument>(200)
            .Describe("SubmitIntake", "Asks for an image. 202 for a new intake, 200 for the one that already stands.", 400, 404, 409, 413);
        routes.MapGet("/api/intakes", ListAsync).RequireAuthorization(Access.ReadIntakes)
            .Produces<IntakeListDocument>()
            .Describe("ListIntakes", "Newest first; query scope, state, take (1 to 200), continuation.", 400);
        routes.MapGet("/api/intakes/{id}", GetAsync).RequireAuthorization(Access.ReadIntakes)
            .Produces<IntakeDocument>().Produces(304)
            .Describe("GetIntake", "One intake, with its ETag.", 404);
        routes.MapPost("/api/intakes/{id}/retry", RetryAsync).RequireAuthorization(Access.Operate)
            .Produces<IntakeDocument>()
            .Describe("RetryIntake", "Sends a faulted intake back to the state it faulted in.", 404, 409);
    }

    private static async Task<IResult> SubmitAsync(HttpContext http, [FromServices] IIntakeDesk desk, CancellationToken cancellationToken)
    {
        if (!(await IntakeInput.ReadRequestAsync(http, cancellationToken)).TryGet(out var request, out var error)
            || !(await desk.RequestAsync(request, cancellationToken)).TryGet(out var receipt, out error))
        {
            return error.ToProblem();
        }

        var location = "/api/intakes/" + receipt.Intake.Id;
        http.Response.Headers.Location = location;
        return Results.Json(receipt.Intake.ToDocument(), ApiJson.Default.IntakeDocument, statusCode: receipt.Created ? 202 : 200);
    }

    private static async Task<IResult> ListAsync(HttpContext http, [FromServices] IIntakeDesk desk, CancellationToken cancellationToken) =>
        IntakeInput.ReadFilter(http.Request).TryGet(out var filter, out var error)
            ? (await desk.ListAsync(filter, cancellationToken)).ToOk(IntakeMapping.ToDocument, ApiJson.Default.IntakeListDocument)
            : error.ToProblem();

    private static async Task<IResult> GetAsync(string id, HttpContext http, [FromServices] IIntakeDesk desk, CancellationToken cancellationToken)
    {
        if (!(await desk.GetAsync(id, cancellationToken)).TryGet(out var stored, out var error))
        {
            return error.ToProblem();
        }

        ETags.Set(http.Response, stored.ETag);
        return ETags.IsHeld(http.Request, stored.ETag)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Json(stored.Intake.ToDocument(), ApiJson.Default.IntakeDocument);
    }

    private static async Task<IResult> RetryAsync(string id, HttpContext http, [FromServices] IIntakeDesk desk, CancellationToken cancellationToken) =>
        (await desk.RetryAsync(id, http.User.Actor(), cancellationToken)).ToOk(IntakeMapping.ToDocument, ApiJson.Default.IntakeDocument);
}
