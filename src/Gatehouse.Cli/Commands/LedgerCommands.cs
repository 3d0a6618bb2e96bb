using System.CommandLine;
using System.Text.Json;
using Gatehouse.Cli.Output;
using Gatehouse.Cli.Wire;
using Gatehouse.Core.Results;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse ledger</c>: the signed log of everything.</summary>
internal static class LedgerCommands
{
    public static Command Build(CommandRunner runner) => new("ledger", "The tamper-evident log of everything that happened.")
    {
        Checkpoint(runner),
        Export(runner),
        VerifyCommand.Build(runner),
    };

    private static Command Checkpoint(CommandRunner runner)
    {
        var command = new Command("checkpoint", "Show the newest signed checkpoint. Keep it with --json: 'ledger verify --checkpoint' takes it.");
        command.SetAction(runner.Online((session, _, cancellationToken) =>
            session.ShowAsync("api/ledger/checkpoint", WireJson.Default.CheckpointDocument, Write, cancellationToken)));
        return command;
    }

    private static void Write(Printer printer, CheckpointDocument checkpoint) => printer.Fields(
        ("origin", checkpoint.Origin),
        ("entries", checkpoint.Size.ToString()),
        ("root", checkpoint.Root),
        ("sealed", Show.Time(checkpoint.At)),
        ("key id", checkpoint.KeyId),
        ("signature", Convert.ToBase64String(checkpoint.Signature)));

    private static Command Export(CommandRunner runner)
    {
        var file = new Option<FileInfo>("--out") { Description = "Where to; an earlier file of that name is replaced once all has come.", HelpName = "FILE", Required = true };
        var command = new Command("export", "Save the whole signed log for 'ledger verify'.") { file };
        command.SetAction(runner.Online(async (session, parse, cancellationToken) =>
        {
            var target = parse.GetRequiredValue(file);
            if (!(await InputFiles.TryAsync(target, "--out", () => DownloadAsync(session, target, cancellationToken))).TryGet(out var bytes, out var error))
            {
                return error;
            }

            if (session.Json)
            {
                session.Printer.Json(JsonSerializer.Serialize(new ExportReceipt(target.FullName, bytes), WireJson.Default.ExportReceipt));
            }
            else
            {
                session.Printer.Line($"{target} has {Show.Bytes(bytes)}; check it with 'gatehouse ledger verify {target}'.");
            }

            return null;
        }));
        return command;
    }

    /// <summary>To a file beside the target first: what has that name is always whole.</summary>
    private static async Task<Result<long>> DownloadAsync(Session session, FileInfo target, CancellationToken cancellationToken)
    {
        var partial = new FileInfo(target.FullName + ".partial");
        try
        {
            Result<long> copied;
            await using (var stream = partial.Create())
            {
                copied = await session.Api.DownloadAsync("api/ledger/export", stream, cancellationToken);
            }

            if (copied.IsOk)
            {
                partial.MoveTo(target.FullName, overwrite: true);
            }

            return copied;
        }
        finally
        {
            File.Delete(target.FullName + ".partial");
        }
    }
}
