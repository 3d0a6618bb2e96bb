using System.Net;
using System.Text.Json;
using Gatehouse.Cli.Wire;
using Gatehouse.Core.Results;

namespace Gatehouse.Cli.Http;

/// <summary>The server's no, as it said it.</summary>
/// <param name="Json">The problem document; null when the server sent none.</param>
internal sealed record RefusedByServer(ErrorKind Kind, string Code, string Message, string? Field, int Status, string? TraceId, string? Json)
    : Refusal(Kind, Code, Message, Field);

internal static class ApiErrors
{
    private const string ProblemType = "application/problem+json";

    public static Error Unreachable(Uri url, string why) =>
        new(ErrorKind.Unavailable, "unreachable", $"No answer from {url.GetLeftPart(UriPartial.Authority)}: {why}", "--url");

    public static Error TimedOut(Uri url, TimeSpan limit) =>
        Unreachable(url, $"nothing came within {limit.TotalSeconds:0} seconds.");

    public static Error TooLarge(long limit) =>
        new(ErrorKind.TooLarge, "answer-too-large", $"The answer is longer than {limit} bytes, which is all that is read.");

    public static Error NotUnderstood(string what) =>
        new(ErrorKind.Unavailable, "answer-not-understood", $"{what} Is this the address of Gatehouse, and of the same version?", "--url");

    public static Error Redirected(int status, Uri? location) =>
        new(ErrorKind.Unavailable, "redirected", $"The server answered {status} and points to '{location}'. Redirects are not followed, so that the token stays where it was sent; if that address is right, give it as --url.", "--url");

    /// <summary>For any status that is not a success.</summary>
    public static Error OfStatus(HttpStatusCode status, Uri? location, string? mediaType, string body) => (int)status switch
    {
        >= 300 and < 400 and var code => Redirected(code, location),
        var code when mediaType == ProblemType && ReadProblem(body) is { } problem => OfProblem(code, problem, body),
        401 => new RefusedByServer(ErrorKind.Unauthenticated, "unauthenticated", "The server wants a token it accepts; give --token or GATEHOUSE_TOKEN.", "--token", 401, null, null),
        >= 400 and < 500 and var code => new RefusedByServer(ErrorKind.Invalid, "status-" + code, $"The server answered {code} without saying why.", null, code, null, null),
        var code => NotUnderstood($"The server answered {code} without a problem document."),
    };

    private static RefusedByServer OfProblem(int status, ProblemDocument problem, string json) =>
        new(ErrorKind.Invalid, problem.Code ?? "status-" + status, problem.Detail ?? problem.Title ?? $"The server answered {status}.", problem.Field, status, problem.TraceId, json)
        {
            Allowed = problem.Allowed ?? [],
        };

    private static ProblemDocument? ReadProblem(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, WireJson.Default.ProblemDocument);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
