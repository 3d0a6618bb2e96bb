using System.Reflection;
using Gatehouse.Core.Readiness;
using Gatehouse.Functions.Api;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Hosting;

namespace Gatehouse.Functions.Health;

/// <param name="Status"><c>alive</c>, <c>ready</c>, <c>misconfigured</c> or <c>unusable</c>.</param>
/// <param name="Problems">What is wrong with the configuration, key by key, or with a part that cannot do its work.</param>
internal sealed record HealthDocument(string Status, string Version, IReadOnlyCollection<string>? Problems = null);

/// <summary>Liveness and readiness. Liveness asks nobody; readiness asks the parts nothing works without, storage and signing, and whether the ledger was forked; but no registry: one that is away must not make anyone restart us.</summary>
internal static class HealthEndpoints
{
    public static readonly string Version = typeof(HealthEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        // The Functions host asks for this every 25 ms until it is answered.
        routes.MapGet("/", Alive).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/healthz", ReadyAsync).AllowAnonymous()
            .Produces<HealthDocument>().Produces<HealthDocument>(503)
            .Describe("GetHealth", "200 when the configuration is valid, records and queues can be used, checkpoints signed and no fork of the ledger is known, else 503 with what is wrong.");
    }

    public static IResult Alive() => Results.Json(new HealthDocument("alive", Version), ApiJson.Default.HealthDocument);

    public static IResult NotReady(StartupProblems problems) =>
        Results.Json(new HealthDocument("misconfigured", Version, problems.Messages), ApiJson.Default.HealthDocument, statusCode: 503);

    private static async Task<IResult> ReadyAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(http.RequestServices.GetServices<IReadinessCheck>().Select(check => check.FindProblemAsync(cancellationToken)));
        var problems = answers.OfType<string>().ToList();
        return problems.Count == 0
            ? Results.Json(new HealthDocument("ready", Version), ApiJson.Default.HealthDocument)
            : Results.Json(new HealthDocument("unusable", Version, problems), ApiJson.Default.HealthDocument, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
