using System.CommandLine;
using Gatehouse.Cli.Commands;
using Gatehouse.Cli.Output;
using Gatehouse.Core.Results;

namespace Gatehouse.Cli;

/// <summary>The command tree, and the way in.</summary>
internal static class GatehouseCommand
{
    public static async Task<int> RunAsync(string[] args, CliEnvironment environment, CancellationToken cancellationToken = default)
    {
        var options = new GlobalOptions();
        // Arguments like '@file' are taken as they are, not read from disk.
        var parse = Build(new CommandRunner(environment, options), options).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Action is System.CommandLine.Invocation.ParseErrorAction)
        {
            return Complain(parse, new Printer(environment, options.SecretsOf(parse, environment)));
        }

        var invocation = new InvocationConfiguration { Output = environment.Out, Error = environment.Error, EnableDefaultExceptionHandler = false };
        return await parse.InvokeAsync(invocation, cancellationToken);
    }

    public static RootCommand Build(CommandRunner runner, GlobalOptions options)
    {
        var root = new RootCommand("The operator's tool of Gatehouse, the one door for third-party container images.");
        root.Options.Add(options.Url);
        root.Options.Add(options.Token);
        root.Options.Add(options.Json);
        root.Add(IntakeCommands.Build(runner));
        root.Add(PolicyCommands.Build(runner));
        root.Add(WatchCommands.Build(runner));
        root.Add(EstateCommands.Build(runner));
        root.Add(LedgerCommands.Build(runner));
        root.Add(ReferenceCommand.Build(runner, root));
        return root;
    }

    private static int Complain(ParseResult parse, Printer printer)
    {
        foreach (var error in parse.Errors)
        {
            printer.Fail(new Error(ErrorKind.Invalid, "usage", error.Message));
        }

        printer.Note($"See '{CommandPath.Of(parse.CommandResult.Command)} --help'.");
        return ExitCodes.Failed;
    }
}
