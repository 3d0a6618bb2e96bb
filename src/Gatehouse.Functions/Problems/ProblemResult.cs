using System.Diagnostics;
using System.Text.Json;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Api;

namespace Gatehouse.Functions.Problems;

/// <summary>Writes a refusal as <c>application/problem+json</c>.</summary>
internal sealed class ProblemResult(int status, Error error) : IResult, IStatusCodeHttpResult
{
    public const string MediaType = "application/problem+json";

    public int? StatusCode => status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        httpContext.Response.ContentType = MediaType;
        var problem = new ProblemDocument(
            "urn:gatehouse:problem:" + error.Code,
            ErrorProblems.TitleOf(status),
            status,
            error.Message,
            error.Code,
            error.Field,
            error.Allowed.Count == 0 ? null : error.Allowed,
            Activity.Current?.TraceId.ToHexString() ?? httpContext.TraceIdentifier);
        return JsonSerializer.SerializeAsync(httpContext.Response.Body, problem, ApiJson.Default.ProblemDocument, httpContext.RequestAborted);
    }
}
