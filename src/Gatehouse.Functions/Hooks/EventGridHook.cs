using System.Text.Json;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Api;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Events;
using Gatehouse.Functions.Problems;
using Gatehouse.Functions.Triggers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Hooks;

/// <summary>What agrees to a subscription. Source: Event Grid, "Endpoint validation with Event Grid schema".</summary>
internal sealed record ValidationAnswer(string ValidationResponse);

/// <summary><c>/hooks/eventgrid</c>: webhook deliveries of Event Grid, in both schemas, with the handshake of each.</summary>
internal static class EventGridHook
{
    public const string Path = "/hooks/eventgrid";

    /// <summary>Bytes: a batch has at most 1 MiB, and encodings differ.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    private const int MaxCode = 1024;
    private const string EventTypeHeader = "aeg-event-type";
    private const string ValidationEvent = "Microsoft.EventGrid.SubscriptionValidationEvent";
    private const string DeletedEvent = "Microsoft.EventGrid.SubscriptionDeletedEvent";

    public static void MapEventGridHook(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Options], Consent).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost(Path, ReceiveAsync).AllowAnonymous()
            .Produces(200)
            .Describe("ReceiveEventGrid", "Webhook deliveries of Event Grid, validation included; the secret in the query as code, or in X-Gatehouse-Secret, or an Entra token of Event Grid.", 400, 404, 413, 503);
    }

    /// <summary>The handshake of CloudEvents. Source: CloudEvents "HTTP 1.1 Web Hooks", section 4; without our consent, 405.</summary>
    private static IResult Consent(HttpContext http, [FromServices] EventGridDoor door, [FromServices] IOptions<EventGridHookOptions> options)
    {
        if (door.CheckHandshake(http.Request) is { } refused)
        {
            return refused.ToProblem();
        }

        var origin = http.Request.Headers["WebHook-Request-Origin"].ToString();
        if (!string.Equals(origin, options.Value.EventGridOrigin, StringComparison.OrdinalIgnoreCase))
        {
            return new Error(ErrorKind.Forbidden, "origin-unexpected", $"WebHook-Request-Origin is '{origin}'; allowed is '{options.Value.EventGridOrigin}'.", "WebHook-Request-Origin")
                .ToProblem(StatusCodes.Status405MethodNotAllowed);
        }

        http.Response.Headers["WebHook-Allowed-Origin"] = origin;
        http.Response.Headers["WebHook-Allowed-Rate"] = "*";
        http.Response.Headers.Allow = "POST";
        return Results.Ok();
    }

    private static async Task<IResult> ReceiveAsync(
        HttpContext http, [FromServices] EventGridDoor door, [FromServices] EventIntake intake, [FromServices] ILogger<EventGridDoor> log, CancellationToken cancellationToken)
    {
        if (await door.CheckAsync(http.Request, cancellationToken) is { } refused)
        {
            return refused.ToProblem();
        }

        if (!(await RequestBody.ReadAsync(http.Request, MaxBytes, cancellationToken)).Then(Parse).TryGet(out var value, out var error))
        {
            return error.ToProblem();
        }

        var kind = http.Request.Headers[EventTypeHeader].ToString();
        var first = GridEvent.Split(value).FirstOrDefault();
        if (Is(kind, "SubscriptionValidation") || Is(first.Text("eventType"), ValidationEvent))
        {
            return Validate(first, log);
        }

        if (Is(kind, "SubscriptionDeletion") || Is(first.Text("eventType"), DeletedEvent))
        {
            log.SubscriptionDeleted(first.Text("topic") ?? "?");
            return Results.Ok();
        }

        return (await intake.TakeAsync(Path, EventTarget.Both, value, cancellationToken)).TryGet(out _, out error) ? Results.Ok() : error.ToProblem();
    }

    /// <summary>The code is given back; the URL that comes with it is never opened, for it is the sender's text.</summary>
    private static IResult Validate(JsonElement validation, ILogger log)
    {
        if (validation.Text("data", "validationCode") is not { Length: > 0 and <= MaxCode } code)
        {
            return new Error(ErrorKind.Invalid, "validation-malformed", "The validation event carries no validationCode; a validationUrl is not opened here, but by hand.", "data.validationCode").ToProblem();
        }

        log.SubscriptionValidated(validation.Text("topic") ?? "?");
        return Results.Json(new ValidationAnswer(code), ApiJson.Default.ValidationAnswer);
    }

    private static bool Is(string? text, string expected) => string.Equals(text, expected, StringComparison.OrdinalIgnoreCase);

    private static Result<JsonElement> Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, InvocationReader.Json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return new Error(ErrorKind.Invalid, "body-malformed", "The body is not JSON.", "body");
        }
    }
}
