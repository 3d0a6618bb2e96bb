using Gatehouse.Core.Results;

namespace Gatehouse.Functions.Problems;

/// <summary>The one table from refusals to HTTP.</summary>
internal static class ErrorProblems
{
    public static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Invalid => StatusCodes.Status400BadRequest,
        ErrorKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        ErrorKind.Forbidden => StatusCodes.Status403Forbidden,
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.Conflict => StatusCodes.Status409Conflict,
        ErrorKind.PreconditionFailed => StatusCodes.Status412PreconditionFailed,
        ErrorKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    public static ProblemResult ToProblem(this Error error) => new(StatusOf(error.Kind), error);

    public static ProblemResult ToProblem(this Error error, int status) => new(status, error);

    public static string TitleOf(int status) => status switch
    {
        400 => "The request is invalid",
        401 => "Authentication is required",
        403 => "Not allowed",
        404 => "Not found",
        405 => "Method not allowed",
        409 => "Conflict with the current state",
        412 => "Changed in the meantime",
        413 => "The request is too large",
        415 => "Unsupported media type",
        503 => "Unavailable",
        _ when status < 500 => "The request cannot be served",
        _ => "Something went wrong here",
    };
}
