using Gatehouse.Core.Ledger;
using Gatehouse.Core.Results;
using Microsoft.AspNetCore.Diagnostics;

namespace Gatehouse.Functions.Problems;

/// <summary>Turns what is thrown, and empty error answers, into problems.</summary>
internal static class ProblemPipeline
{
    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            AllowStatusCode404Response = true,
            ExceptionHandler = http => Describe(http.Features.Get<IExceptionHandlerFeature>()?.Error).ExecuteAsync(http),
        });
        app.UseStatusCodePages(context => OfStatus(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
    }

    /// <summary>Internals stay in the log; the caller gets the trace id to name.</summary>
    private static ProblemResult Describe(Exception? exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            OfStatus(StatusCodes.Status413PayloadTooLarge),
        BadHttpRequestException bad => new Error(ErrorKind.Invalid, "request-malformed", bad.Message).ToProblem(bad.StatusCode),
        SigningException signing => signing.Error.ToProblem(),
        _ => OfStatus(StatusCodes.Status500InternalServerError),
    };

    private static ProblemResult OfStatus(int status) => (status switch
    {
        404 => new Error(ErrorKind.NotFound, "route-unknown", "There is nothing at this address; /openapi/v1.json lists what there is."),
        405 => new Error(ErrorKind.Invalid, "method-not-allowed", "This address does not take that method; see the Allow header."),
        413 => new Error(ErrorKind.TooLarge, "body-too-large", "The body is larger than this address takes."),
        415 => new Error(ErrorKind.Invalid, "content-type", "This address does not take that Content-Type; /openapi/v1.json lists what it takes.", "Content-Type"),
        500 => new Error(ErrorKind.Unavailable, "fault", "An unexpected fault; it is in the log under this trace id."),
        _ => new Error(ErrorKind.Invalid, "status-" + status, ErrorProblems.TitleOf(status) + "."),
    }).ToProblem(status);
}
