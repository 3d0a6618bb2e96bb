using System.CommandLine;
using System.Text.Json;
using Gatehouse.Cli.Output;
using Gatehouse.Cli.Wire;
using Gatehouse.Core.Ledger.Verification;
using Gatehouse.Core.Results;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse ledger verify</c>: asks nobody.</summary>
internal static class VerifyCommand
{
    public static Command Build(CommandRunner runner)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "An export of the ledger." };
        var key = new Option<FileInfo?>("--public-key") { Description = "The key the ledger must be signed with, PEM: what GET /api/ledger/key gave once, kept elsewhere; where the key was rotated, all keys in one file. Without it the export's own is taken.", HelpName = "PEM-FILE" };
        var checkpoint = new Option<FileInfo?>("--checkpoint") { Description = "A checkpoint kept elsewhere, that the export must extend: one published in the checkpoint container (a signed note), or what 'ledger checkpoint --json' printed.", HelpName = "CHECKPOINT-FILE" };
        var earlier = new Option<FileInfo?>("--earlier") { Description = "The same as --checkpoint.", HelpName = "CHECKPOINT-FILE" };
        var command = new Command("verify", "Verify an export offline: signature, order, and the root over every byte. Exit code 0 when verified, 2 when not.") { file, key, checkpoint, earlier };
        command.Validators.Add(given =>
        {
            if (given.GetValue(checkpoint) is not null && given.GetValue(earlier) is not null)
            {
                given.AddError("--checkpoint and --earlier are the same; give one of them.");
            }
        });
        command.SetAction(runner.Offline(async (printer, json, parse, cancellationToken) =>
        {
            if (!(await TrustFiles.ReadAsync(parse.GetValue(key), parse.GetValue(checkpoint) ?? parse.GetValue(earlier), cancellationToken)).TryGet(out var trust, out var error)
                || !(await VerifyAsync(parse.GetRequiredValue(file), trust, cancellationToken)).TryGet(out var verified, out error))
            {
                return Refuse(printer, json, error);
            }

            Write(printer, json, verified);
            return null;
        }));
        return command;
    }

    private static Task<Result<LedgerVerification>> VerifyAsync(FileInfo file, LedgerTrust trust, CancellationToken cancellationToken) =>
        InputFiles.TryAsync(file, "FILE", async () =>
        {
            await using var stream = file.OpenRead();
            return (await LedgerVerifier.VerifyExportAsync(stream, trust, cancellationToken)).TryGet(out var verified, out var error)
                ? verified
                : (Result<LedgerVerification>)new Refusal(error.Kind, error.Code, error.Message, error.Field);
        });

    private static Error Refuse(Printer printer, bool json, Error error)
    {
        if (error is not Refusal)
        {
            return error;
        }

        if (json)
        {
            Write(printer, new VerificationReport(false) { Code = error.Code, Message = error.Message });
        }
        else
        {
            printer.Line("NOT VERIFIED");
        }

        return error;
    }

    private static void Write(Printer printer, bool json, LedgerVerification verified)
    {
        var checkpoint = verified.Checkpoint;
        var root = Convert.ToBase64String(checkpoint.Root);
        if (json)
        {
            Write(printer, new VerificationReport(true, checkpoint.Origin, checkpoint.Size, root, checkpoint.At, verified.KeyFingerprint, verified.IsKeyPinned, verified.ExtendsEarlier));
            return;
        }

        printer.Line("VERIFIED");
        printer.Fields(
            ("origin", checkpoint.Origin),
            ("entries", checkpoint.Size.ToString()),
            ("root", root),
            ("sealed", Show.Time(checkpoint.At)),
            ("key", $"sha256:{verified.KeyFingerprint}"),
            ("key pinned", verified.IsKeyPinned ? "yes" : "no; this proves the export agrees with itself. Compare the key above, or give --public-key"),
            ("earlier", verified.ExtendsEarlier ? "extended" : "not compared; --checkpoint would show whether history was rewritten"));
    }

    private static void Write(Printer printer, VerificationReport report) =>
        printer.Json(JsonSerializer.Serialize(report, WireJson.Default.VerificationReport));
}
