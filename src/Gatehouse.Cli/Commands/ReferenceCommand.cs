using System.CommandLine;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse reference</c>: this command tree as docs/cli.md.</summary>
internal static class ReferenceCommand
{
    public static Command Build(CommandRunner runner, RootCommand root)
    {
        var command = new Command("reference", "Print this reference, Markdown.");
        command.SetAction(runner.Offline((printer, _, _, _) =>
        {
            printer.Raw(Reference.Write(root));
            return Task.FromResult<Core.Results.Error?>(null);
        }));
        return command;
    }
}
