using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gatehouse.Core.Results;
using Gatehouse.Core.Telemetry;
using Gatehouse.Functions.Api;
using Gatehouse.Functions.Problems;

namespace Gatehouse.Functions.Triggers;

/// <summary>What a function did, in a sentence for its log; or why the input can never be worked on.</summary>
internal delegate Task<Result<string>> TriggerBody(Invocation invocation, IServiceProvider services, CancellationToken cancellationToken);

/// <summary>Runs one invocation: a JSON object with 200, or a problem with an error status, on which the host tries again.</summary>
internal static class TriggerRunner
{
    private static readonly Histogram<double> Duration = GatehouseMeter.Meter.CreateHistogram<double>(
        "gatehouse.trigger.duration", "s", "How long trigger invocations took, by function and outcome.");

    public static async Task<IResult> RunAsync(string function, TriggerBody body, HttpContext http, TimeProvider clock, ILogger log)
    {
        var started = clock.GetTimestamp();
        var outcome = "fault";
        try
        {
            var read = await InvocationReader.ReadAsync(function, http, http.RequestAborted);
            var result = read.TryGet(out var invocation, out var error) ? await body(invocation, http.RequestServices, http.RequestAborted) : error;
            outcome = result.IsOk ? "success" : "refused";
            return Answer(function, result, log);
        }
        finally
        {
            Duration.Record(clock.GetElapsedTime(started).TotalSeconds, new TagList { { "function", function }, { "outcome", outcome } });
        }
    }

    private static IResult Answer(string function, Result<string> result, ILogger log)
    {
        if (result.TryGet(out var sentence, out var error))
        {
            return Results.Json(new InvocationAnswer([sentence]), ApiJson.Default.InvocationAnswer);
        }

        log.InvocationRefused(function, error.Code, error.Message);
        return error.ToProblem();
    }
}
