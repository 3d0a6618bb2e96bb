using System.Text.Json;
using Gatehouse.Core.Queues;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Auth;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Functions.Api.Estate;

/// <param name="Waiting">Approximate; left out when the queue could not be asked, for the reason in <paramref name="Problem"/>.</param>
internal sealed record QueueDocument(string Name, long? Waiting, long? Poison, string? Problem);

internal sealed record PoisonListDocument(string Queue, IReadOnlyList<PoisonDocument> Messages);

/// <param name="Text">As JSON where it is JSON, else a string.</param>
internal sealed record PoisonDocument(string Id, DateTimeOffset Inserted, JsonElement Text);

/// <param name="Stayed">Of <c>gatehouse-events-out</c>: those that were tried and not taken; left out when there are none.</param>
/// <param name="Problem">Why they stayed, of the newest, or what ended the run early.</param>
internal sealed record RequeueDocument(string Queue, int Requeued, int? Stayed = null, string? Problem = null);

/// <summary><c>/api/estate/queues</c>: messages that failed too often.</summary>
internal static class QueueEndpoints
{
    /// <summary>Deeper texts are shown as they are; the answer adds levels of its own.</summary>
    private static readonly JsonDocumentOptions Shallow = new() { MaxDepth = 16 };

    public static void MapQueues(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/estate/queues/{queue}/poison", PeekAsync).RequireAuthorization(Access.Read)
            .Produces<PoisonListDocument>()
            .Describe("PeekPoison", "Up to 32 messages that failed too often; looking leaves them as they are.", 404);
        routes.MapPost("/api/estate/queues/{queue}/requeue", RequeueAsync).RequireAuthorization(Access.Operate)
            .Produces<RequeueDocument>()
            .Describe("RequeuePoison", "Gives messages that failed too often another chance, at most 10,000 at a time; events that the topic refused are published again from the ledger, at most 500 at a time.", 404, 409, 503);
    }

    private static async Task<IResult> PeekAsync(string queue, [FromServices] IQueueDesk desk, CancellationToken cancellationToken) =>
        (await desk.PeekPoisonAsync(queue, cancellationToken)).ToOk(
            messages => new PoisonListDocument(queue, [.. messages.Select(message => new PoisonDocument(message.Id, message.InsertedAt, ToJson(message.Text)))]),
            ApiJson.Default.PoisonListDocument);

    private static async Task<IResult> RequeueAsync(string queue, HttpContext http, [FromServices] IQueueDesk desk, CancellationToken cancellationToken) =>
        (await desk.RequeueAsync(queue, http.User.Actor(), cancellationToken)).ToOk(done => new RequeueDocument(queue, done.Moved, done.Stayed > 0 ? done.Stayed : null, done.Reason), ApiJson.Default.RequeueDocument);

    private static JsonElement ToJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Shallow);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(text, ApiJson.Default.String);
        }
    }
}
