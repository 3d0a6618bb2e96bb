using System.CommandLine;
using System.Net.Http.Headers;
using Gatehouse.Cli.Wire;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse intake evidence</c>: files a scan report.</summary>
internal static class EvidenceCommand
{
    /// <summary>What the server takes, in bytes.</summary>
    private const int MaxReportBytes = 32 * 1024 * 1024;

    public static Command Build(CommandRunner runner)
    {
        var id = Ids.Argument("The intake.");
        var file = new Option<FileInfo>("--file") { Description = "The report: Trivy, Grype, SARIF or Harbor JSON, at most 32 MiB.", HelpName = "FILE", Required = true };
        var scanner = new Option<string?>("--scanner") { Description = "Who made it, as policies name the scanner; without it, what the report says.", HelpName = "NAME" };
        var type = new Option<string>("--content-type") { Description = "The report's media type; a general one leaves the format to its content.", HelpName = "TYPE", DefaultValueFactory = _ => "application/json" };
        type.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !MediaTypeHeaderValue.TryParse(text, out _))
            {
                result.AddError($"--content-type '{text}' is not a media type such as application/json.");
            }
        });
        var command = new Command("evidence", "File a scan report for an intake.") { id, file, scanner, type };
        command.SetAction(runner.Online(async (session, parse, cancellationToken) =>
            (await InputFiles.ReadAsync(parse.GetRequiredValue(file), MaxReportBytes, "--file", cancellationToken)).TryGet(out var report, out var error)
                ? await session.ShowAsync(
                    HttpMethod.Post,
                    $"{IntakeCommands.PathOf(parse.GetRequiredValue(id))}/evidence{Query.Of(("scanner", parse.GetValue(scanner)))}",
                    request => request.Content = Session.Body(report, parse.GetRequiredValue(type)),
                    WireJson.Default.IntakeDocument,
                    IntakeView.Detail,
                    cancellationToken)
                : error));
        return command;
    }
}
