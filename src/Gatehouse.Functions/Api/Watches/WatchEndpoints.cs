using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;
using Gatehouse.Core.Watches;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Api.Intakes;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Problems;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Functions.Api.Watches;

/// <param name="Repository">Registry and repository, neither tag nor digest.</param>
/// <param name="Tags">Names, or patterns with * and ?.</param>
internal sealed record WatchSubmission(string? Scope, string? Repository, IReadOnlyList<string>? Tags);

internal sealed record WatchDocument(string Id, string Scope, string Repository, IReadOnlyList<string> Tags, ActorDocument CreatedBy, DateTimeOffset CreatedAt);

internal sealed record WatchListDocument(IReadOnlyList<WatchDocument> Watches);

/// <summary><c>/api/watches</c>: a requester's within its scopes, an operator's anywhere.</summary>
internal static class WatchEndpoints
{
    public static void MapWatches(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/watches", CreateAsync).RequireAuthorization(Access.Watch)
            .Accepts<WatchSubmission>("application/json").Produces<WatchDocument>(201)
            .Describe("CreateWatch", "Follows tags of an upstream repository for a scope.", 400, 409, 413);
        routes.MapGet("/api/watches", ListAsync).RequireAuthorization(Access.Read)
            .Produces<WatchListDocument>()
            .Describe("ListWatches", "Every watch.");
        routes.MapDelete("/api/watches/{id}", DeleteAsync).RequireAuthorization(Access.Watch)
            .Produces(204)
            .Describe("DeleteWatch", "Stops following.", 404);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, [FromServices] IWatchService watches, CancellationToken cancellationToken)
    {
        if (!(await RequestBody.ReadJsonAsync(http.Request, ApiJson.Default.WatchSubmission, cancellationToken)).TryGet(out var body, out var error)
            || !Scope.Parse(body.Scope).TryGet(out var scope, out error))
        {
            return error.ToProblem();
        }

        if (http.User.Lacks(scope, Roles.Requester, Roles.Operator) is { } lacks)
        {
            return lacks.ToProblem();
        }

        var created = await watches.CreateAsync(scope, body.Repository ?? string.Empty, body.Tags ?? [], http.User.Actor(), cancellationToken);
        return created.TryGet(out var watch, out error) ? Results.Json(ToDocument(watch), ApiJson.Default.WatchDocument, statusCode: 201) : error.ToProblem();
    }

    private static async Task<IResult> ListAsync([FromServices] IWatchService watches, CancellationToken cancellationToken) =>
        Results.Json(new WatchListDocument([.. (await watches.ListAsync(cancellationToken)).Select(ToDocument)]), ApiJson.Default.WatchListDocument);

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, [FromServices] IWatchService watches, CancellationToken cancellationToken)
    {
        var watch = (await watches.ListAsync(cancellationToken)).FirstOrDefault(one => one.Id == id);
        if (watch is null)
        {
            return new Error(ErrorKind.NotFound, "watch-unknown", $"There is no watch '{id}'.", "id").ToProblem();
        }

        if (http.User.Lacks(watch.Scope, Roles.Requester, Roles.Operator) is { } lacks)
        {
            return lacks.ToProblem();
        }

        var deleted = await watches.DeleteAsync(id, http.User.Actor(), cancellationToken);
        return deleted.TryGet(out _, out var error) ? Results.NoContent() : error.ToProblem();
    }

    private static WatchDocument ToDocument(Watch watch) =>
        new(watch.Id, watch.Scope.Path, watch.Repository, watch.Tags, watch.CreatedBy.ToDocument(), watch.CreatedAt);
}
