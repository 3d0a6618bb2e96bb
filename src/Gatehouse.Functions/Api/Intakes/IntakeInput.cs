using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Auth;

namespace Gatehouse.Functions.Api.Intakes;

/// <summary>Wire to domain: every field checked before anything is done.</summary>
internal static class IntakeInput
{
    public const string IdempotencyHeader = "Idempotency-Key";

    /// <summary>Characters.</summary>
    public const int MaxTextLength = 2000;

    private const int MaxKeyLength = 128;

    public static async Task<Result<IntakeRequest>> ReadRequestAsync(HttpContext http, CancellationToken cancellationToken) =>
        (await RequestBody.ReadJsonAsync(http.Request, ApiJson.Default.IntakeSubmission, cancellationToken)).Then(body => ToRequest(body, http));

    public static Result<IntakeFilter> ReadFilter(HttpRequest request)
    {
        Scope? within = null;
        if (QueryValues.Text(request, "scope") is { } text && !Scope.Parse(text).TryGet(out within, out var error))
        {
            return error;
        }

        return QueryValues.Member<IntakeState>(request, "state").Then(state =>
            QueryValues.Number(request, "take", IntakeFilter.DefaultTake, 1, IntakeFilter.MaxTake).Map(take =>
                new IntakeFilter(within, state, (int)take, QueryValues.Text(request, "continuation"))));
    }

    /// <summary>A body is optional; a comment too, unless <paramref name="required"/>.</summary>
    public static async Task<Result<IntakeComment>> ReadCommentAsync(HttpContext http, bool required, CancellationToken cancellationToken)
    {
        var comment = http.Request.ContentLength is 0 || (http.Request.ContentLength is null && http.Request.ContentType is null)
            ? new IntakeComment(null)
            : await RequestBody.ReadJsonAsync(http.Request, ApiJson.Default.IntakeComment, cancellationToken);
        return comment.Then(one => required && string.IsNullOrWhiteSpace(one.Comment)
            ? new Error(ErrorKind.Invalid, "comment-missing", "A rejection needs a comment that says why.", "comment")
            : CheckLength(one.Comment, "comment").Map(_ => one));
    }

    private static Result<IntakeRequest> ToRequest(IntakeSubmission body, HttpContext http)
    {
        if (!Scope.Parse(body.Scope).TryGet(out var scope, out var error)
            || !ImageReference.Parse(body.Image).TryGet(out var image, out error)
            || !CheckLength(body.Justification, "justification").TryGet(out _, out error)
            || !ReadKey(http.Request).TryGet(out var key, out error))
        {
            return error;
        }

        return http.User.Lacks(scope, Roles.Requester) is { } lacks
            ? lacks
            : new IntakeRequest(scope, image, http.User.Actor(), IntakeCause.Request, key.Length == 0 ? null : key, body.Justification);
    }

    private static Result<string> ReadKey(HttpRequest request)
    {
        var key = request.Headers[IdempotencyHeader].ToString();
        return key.Length <= MaxKeyLength && key.All(c => c is > ' ' and < '\u007f')
            ? key
            : new Error(ErrorKind.Invalid, "idempotency-key-malformed", $"{IdempotencyHeader} takes at most {MaxKeyLength} visible ASCII characters.", IdempotencyHeader);
    }

    private static Result<Unit> CheckLength(string? text, string field) => text is null or { Length: <= MaxTextLength }
        ? Unit.Value
        : new Error(ErrorKind.Invalid, "text-too-long", $"'{field}' has {text.Length} characters; at most {MaxTextLength} are taken.", field);
}
