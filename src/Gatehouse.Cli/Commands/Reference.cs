using System.CommandLine;
using System.Text;

namespace Gatehouse.Cli.Commands;

/// <summary>The reference of all commands, written from the commands themselves.</summary>
internal static class Reference
{
    private const string Preface = """
        # gatehouse, the command line

        Written by `dotnet run --project src/Gatehouse.Cli -- reference > docs/cli.md`; a test compares the two.

        It speaks the HTTP API and nothing else: whatever it can do, your own programs can do too. Start the product on one machine
        (`local.md`), take the token of a person from what `up` prints, and go:

        ```
        export GATEHOUSE_TOKEN=…
        gatehouse intake request 127.0.0.1:5000/library/alpine:3.20 --scope contoso/payments --wait
        gatehouse intake list --state AwaitingApproval
        gatehouse ledger export --out ledger.jsonl && gatehouse ledger verify ledger.jsonl
        ```

        ## Exit codes

        | code | means |
        |---|---|
        | 0 | done |
        | 1 | the command line is wrong, a file cannot be read, or no usable answer came |
        | 2 | refused: by the server, by the policy (`--wait` ended in Refused, Rejected or Faulted), or by the verifier |

        A refusal is printed on stderr with its code, the field it is about and the values allowed there. With `--json`, stdout holds the
        API's own document, of a refusal too.

        ## The token

        It goes to the host of `--url` and nowhere else: redirects are not followed, plain http is taken for this machine only, and there it
        bypasses any proxy. It is never printed, not even when the server sends it back. Prefer the variable: other users of a machine can
        see the command lines of its processes. Answers are read up to 32 MiB and waited for up to 60 seconds.

        """;

    public static string Write(RootCommand root)
    {
        var text = new StringBuilder(Preface.ReplaceLineEndings("\n"));
        text.Append("\n## Options of every command\n");
        WriteRows(text, root.Options.Where(option => option.Recursive).Select(Row));
        foreach (var group in root.Subcommands)
        {
            WriteCommand(text, group, "##");
        }

        return text.ToString();
    }

    private static void WriteCommand(StringBuilder text, Command command, string heading)
    {
        text.Append($"\n{heading} {CommandPath.Of(command)}\n\n{command.Description}\n");
        if (command.Subcommands.Count == 0)
        {
            text.Append($"\n```\n{Usage(command)}\n```\n");
            WriteRows(text, [.. command.Arguments.Select(Row), .. command.Options.Select(Row)]);
        }

        foreach (var child in command.Subcommands)
        {
            WriteCommand(text, child, heading + "#");
        }
    }

    private static void WriteRows(StringBuilder text, IEnumerable<(string Name, string Description)> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
        {
            return;
        }

        text.Append("\n| | |\n|---|---|\n");
        all.ForEach(row => text.Append($"| `{row.Name}` | {row.Description.Replace("|", "\\|", StringComparison.Ordinal)} |\n"));
    }

    private static string Usage(Command command) => string.Join(' ', [
        CommandPath.Of(command),
        .. command.Arguments.Select(one => one.Arity.MaximumNumberOfValues > 1 ? one.Name + "..." : one.Name),
        .. command.Options.Select(one => one.Required ? Name(one) : $"[{Name(one)}]"),
    ]);

    private static (string Name, string Description) Row(Argument argument) => (argument.Name, argument.Description!);

    private static (string Name, string Description) Row(Option option) =>
        (Name(option), option.Description + (option.HasDefaultValue && option.ValueType != typeof(bool) ? $" Default: {option.GetDefaultValue()}." : null));

    private static string Name(Option option) => option.HelpName is { } value ? $"{option.Name} {value}" : option.Name;
}
