using System.CommandLine;

namespace Gatehouse.Cli.Commands;

internal static class CommandPath
{
    public const string Root = "gatehouse";

    /// <summary>As it is typed: <c>gatehouse intake show</c>.</summary>
    public static string Of(Command command) => command is RootCommand
        ? Root
        : $"{Of(command.Parents.OfType<Command>().First())} {command.Name}";
}
