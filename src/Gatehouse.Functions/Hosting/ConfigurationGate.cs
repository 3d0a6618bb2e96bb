using Gatehouse.Core.Results;
using Gatehouse.Functions.Health;
using Gatehouse.Functions.Problems;
using Gatehouse.Functions.Triggers;

namespace Gatehouse.Functions.Hosting;

/// <summary>Answers everything with the configuration's problems, while there are any; nothing behind it is reached.</summary>
internal sealed class ConfigurationGate(RequestDelegate next, StartupProblems problems)
{
    public Task InvokeAsync(HttpContext http) => problems.Any ? Refuse(http).ExecuteAsync(http) : next(http);

    /// <summary>500 to the Functions host, which fails an invocation on anything but success; 503 to callers.</summary>
    private IResult Refuse(HttpContext http)
    {
        var error = new Error(ErrorKind.Unavailable, "configuration-invalid", problems.Summary);
        return http.Request.Path.Value switch
        {
            "/" => HealthEndpoints.Alive(),
            "/healthz" => HealthEndpoints.NotReady(problems),
            { } path when TriggerNames.All.Contains(path.TrimStart('/')) => error.ToProblem(StatusCodes.Status500InternalServerError),
            _ => error.ToProblem(),
        };
    }
}
