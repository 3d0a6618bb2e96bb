using System.CommandLine;
using Gatehouse.Cli.Http;
using Gatehouse.Cli.Output;
using Gatehouse.Core.Results;

namespace Gatehouse.Cli.Commands;

/// <summary>Gives commands what they run with, and turns what they return into the exit code.</summary>
internal sealed class CommandRunner(CliEnvironment environment, GlobalOptions options)
{
    public Func<ParseResult, CancellationToken, Task<int>> Online(Func<Session, ParseResult, CancellationToken, Task<Error?>> run) =>
        (parse, cancellationToken) => FinishAsync(parse, async printer =>
        {
            var token = options.TokenOf(parse, environment);
            if (!ApiClient.Open(options.UrlOf(parse, environment), token, environment.Clock).TryGet(out var api, out var error))
            {
                return error;
            }

            using (api)
            {
                return await run(new Session(api, printer, parse.GetValue(options.Json), environment), parse, cancellationToken);
            }
        });

    /// <summary>For commands that ask no server.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> Offline(Func<Printer, bool, ParseResult, CancellationToken, Task<Error?>> run) =>
        (parse, cancellationToken) => FinishAsync(parse, printer => run(printer, parse.GetValue(options.Json), parse, cancellationToken));

    private async Task<int> FinishAsync(ParseResult parse, Func<Printer, Task<Error?>> run)
    {
        var printer = new Printer(environment, options.SecretsOf(parse, environment));
        Error? error;
        try
        {
            error = await run(printer);
        }
        catch (OperationCanceledException)
        {
            error = new Error(ErrorKind.Unavailable, "cancelled", "Cancelled; what was already sent may still take effect.");
        }

        if (error is RefusedByServer { Json: { } problem } && parse.GetValue(options.Json))
        {
            printer.Json(problem);
        }

        if (error is not null)
        {
            printer.Fail(error);
        }

        return ExitCodes.Of(error);
    }
}
