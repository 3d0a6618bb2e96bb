using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Problems;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Functions.Api.Intakes;

/// <summary>Approval and rejection; the role must cover the intake's scope.</summary>
internal static class DecisionEndpoints
{
    public static void MapDecisions(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/intakes/{id}/approve", ApproveAsync).RequireAuthorization(Access.Approve)
            .Accepts<IntakeComment>("application/json").Produces<IntakeDocument>()
            .Describe("ApproveIntake", "One person's yes; the comment is optional.", 400, 404, 409);
        routes.MapPost("/api/intakes/{id}/reject", RejectAsync).RequireAuthorization(Access.Approve)
            .Accepts<IntakeComment>("application/json").Produces<IntakeDocument>()
            .Describe("RejectIntake", "A no, with the reason why.", 400, 404, 409);
    }

    private static Task<IResult> ApproveAsync(string id, HttpContext http, [FromServices] IIntakeDesk desk, CancellationToken cancellationToken) =>
        DecideAsync(id, http, desk, commentRequired: false, comment => desk.ApproveAsync(id, http.User.Actor(), comment, cancellationToken), cancellationToken);

    private static Task<IResult> RejectAsync(string id, HttpContext http, [FromServices] IIntakeDesk desk, CancellationToken cancellationToken) =>
        DecideAsync(id, http, desk, commentRequired: true, comment => desk.RejectAsync(id, http.User.Actor(), comment!, cancellationToken), cancellationToken);

    private static async Task<IResult> DecideAsync(
        string id,
        HttpContext http,
        IIntakeDesk desk,
        bool commentRequired,
        Func<string?, Task<Result<Intake>>> decide,
        CancellationToken cancellationToken)
    {
        if (!(await IntakeInput.ReadCommentAsync(http, commentRequired, cancellationToken)).TryGet(out var body, out var error)
            || !(await desk.GetAsync(id, cancellationToken)).TryGet(out var stored, out error))
        {
            return error.ToProblem();
        }

        return http.User.Lacks(stored.Intake.Scope, Roles.Approver) is { } lacks
            ? lacks.ToProblem()
            : (await decide(body.Comment)).ToOk(IntakeMapping.ToDocument, ApiJson.Default.IntakeDocument);
    }
}
