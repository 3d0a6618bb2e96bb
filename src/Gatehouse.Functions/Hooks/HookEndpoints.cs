using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Core.Results;
using Gatehouse.Core.Watches;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Problems;
using Gatehouse.Functions.Triggers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Hooks;

/// <summary><c>/hooks/{source}</c>: upstreams that call us, each with its own secret.</summary>
internal static class HookEndpoints
{
    public static void MapHooks(this IEndpointRouteBuilder routes)
    {
        routes.MapEventGridHook();
        routes.MapPost("/hooks/{source}", ReceiveAsync).AllowAnonymous()
            .Produces(202)
            .Describe("ReceiveUpstreamHook", "Webhooks of dockerhub, harbor, diun, ghcr and quay; the secret in the query as code, or in X-Gatehouse-Secret.", 400, 404, 413);
    }

    private static async Task<IResult> ReceiveAsync(
        string source,
        HttpContext http,
        [FromServices] IOptions<HookOptions> options,
        [FromServices] IWatchService watches,
        CancellationToken cancellationToken)
    {
        if (HookSecret.Check(http.Request, source, HookReaders.Sources.Contains(source) ? options.Value.SecretOf(source) : null) is { } wrong)
        {
            return wrong.ToProblem();
        }

        if (!(await RequestBody.ReadAsync(http.Request, RequestBody.MaxBytes, cancellationToken)).TryGet(out var body, out var error)
            || !(await ForwardAsync(source, body, watches, cancellationToken)).TryGet(out _, out error))
        {
            return error.ToProblem();
        }

        return Results.Accepted();
    }

    /// <summary>Upstreams send no event id, and send again after a lost answer; the bytes themselves are the id.</summary>
    private static async Task<Result<Unit>> ForwardAsync(string source, ReadOnlyMemory<byte> body, IWatchService watches, CancellationToken cancellationToken)
    {
        if (!Parse(source, body).TryGet(out var images, out var error))
        {
            return error;
        }

        var id = $"{source}-{Convert.ToHexStringLower(SHA256.HashData(body.Span)).AsSpan(0, 32)}";
        for (var i = 0; i < images.Count; i++)
        {
            await watches.OnUpstreamPushedAsync($"{id}-{i}", images[i], cancellationToken);
        }

        return Unit.Value;
    }

    private static Result<IReadOnlyList<Core.Images.ImageReference>> Parse(string source, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, InvocationReader.Json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? HookReaders.Read(source, document.RootElement)
                : new Error(ErrorKind.Invalid, "body-malformed", "The body is not a JSON object.", "body");
        }
        catch (JsonException)
        {
            return new Error(ErrorKind.Invalid, "body-malformed", "The body is not JSON.", "body");
        }
    }
}
