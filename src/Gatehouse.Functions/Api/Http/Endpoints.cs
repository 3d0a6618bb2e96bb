using System.Text.Json.Serialization.Metadata;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Problems;

namespace Gatehouse.Functions.Api.Http;

/// <summary>What every endpoint says of itself in the OpenAPI document, and how results become answers.</summary>
internal static class Endpoints
{
    public static IResult ToOk<TIn, TOut>(this Result<TIn> result, Func<TIn, TOut> map, JsonTypeInfo<TOut> type) =>
        result.TryGet(out var value, out var error) ? Results.Json(map(value), type) : error.ToProblem();

    public static IResult Json<T>(T value, JsonTypeInfo<T> type) => Results.Json(value, type);

    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, string name, string summary, params int[] problems)
    {
        endpoint.WithName(name).WithSummary(summary);
        foreach (var status in problems.Append(StatusCodes.Status401Unauthorized).Append(StatusCodes.Status403Forbidden))
        {
            endpoint.Produces<ProblemDocument>(status, ProblemResult.MediaType);
        }

        return endpoint;
    }
}
