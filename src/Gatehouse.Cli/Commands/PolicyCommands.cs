using System.CommandLine;
using System.Text.Json;
using Gatehouse.Cli.Output;
using Gatehouse.Cli.Wire;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy</c>: one YAML document a scope.</summary>
internal static class PolicyCommands
{
    private const string Path = "api/policies";

    private static readonly string[] Columns = ["scope", "version", "applied", "by"];

    public static Command Build(CommandRunner runner) => new("policy", "The rules of each scope.")
    {
        List(runner),
        Get(runner),
        Apply(runner),
    };

    private static Command List(CommandRunner runner)
    {
        var command = new Command("list", "List every scope that has a policy.");
        command.SetAction(runner.Online((session, _, cancellationToken) => session.ShowAsync(
            Path,
            WireJson.Default.PolicyListDocument,
            (printer, list) => printer.Table(Columns, list.Policies.Select(Row)),
            cancellationToken)));
        return command;
    }

    private static Command Get(CommandRunner runner)
    {
        var scope = new Argument<string>("SCOPE") { Description = "E.g. contoso/payments." };
        var command = new Command("get", "Print a scope's document exactly as applied; its ETag goes to stderr. With --json: scope, etag and yaml.") { scope };
        command.SetAction(runner.Online(async (session, parse, cancellationToken) =>
        {
            if (!Scope.Parse(parse.GetRequiredValue(scope)).TryGet(out var of, out var error)
                || !(await session.Api.SendAsync(HttpMethod.Get, $"{Path}/{of}", null, cancellationToken)).TryGet(out var answer, out error))
            {
                return error;
            }

            if (session.Json)
            {
                session.Printer.Json(JsonSerializer.Serialize(new PolicyText(of.Path, answer.ETag, answer.Body), WireJson.Default.PolicyText));
                return null;
            }

            session.Printer.Raw(answer.Body);
            session.Printer.Note($"ETag: {answer.ETag}");
            return null;
        }));
        return command;
    }

    private static Command Apply(CommandRunner runner)
    {
        var files = new Argument<FileInfo[]>("FILE") { Description = "Documents; each names its scope in its 'scope:' line.", Arity = ArgumentArity.OneOrMore };
        var ifMatch = new Option<string?>("--if-match") { Description = "Apply only over the version with this ETag, as 'policy get' printed it; with one file only.", HelpName = "ETAG" };
        var command = new Command("apply", "Apply documents, those of parent scopes first. Stops at the first that is refused.") { files, ifMatch };
        command.Validators.Add(result =>
        {
            if (result.GetResult(ifMatch) is not null && result.GetResult(files) is { Tokens.Count: > 1 })
            {
                result.AddError("--if-match is one document's version; apply one file at a time with it.");
            }
        });
        command.SetAction(runner.Online(async (session, parse, cancellationToken) =>
            (await PolicyFile.ReadAllAsync(parse.GetRequiredValue(files), cancellationToken)).TryGet(out var documents, out var error)
                ? await ApplyAsync(session, documents, parse.GetValue(ifMatch), cancellationToken)
                : error));
        return command;
    }

    private static async Task<Error?> ApplyAsync(Session session, IReadOnlyList<PolicyFile> documents, string? ifMatch, CancellationToken cancellationToken)
    {
        for (var at = 0; at < documents.Count; at++)
        {
            var document = documents[at];
            var refused = await session.ShowAsync(HttpMethod.Put, $"{Path}/{document.Scope}", Put, WireJson.Default.PolicyDocument, Write, cancellationToken);
            if (refused is not null)
            {
                session.Printer.Note($"{document.File} was not applied{(documents.Count > 1 ? $"; {at} before it were, {documents.Count - at - 1} after it were not sent" : null)}.");
                return refused;
            }

            void Put(HttpRequestMessage request)
            {
                request.Content = Session.Body(document.Content, "text/yaml");
                if (ifMatch is not null)
                {
                    request.Headers.TryAddWithoutValidation("If-Match", ifMatch.StartsWith('"') || ifMatch == "*" ? ifMatch : $"\"{ifMatch}\"");
                }
            }
        }

        return null;
    }

    private static void Write(Printer printer, PolicyDocument policy)
    {
        printer.Line($"{policy.Scope}: version {policy.Version}, applied {Show.Time(policy.AppliedAt)} by {policy.AppliedBy.Name}");
        foreach (var warning in policy.Warnings)
        {
            printer.Note($"warning: {warning}");
        }
    }

    private static string?[] Row(PolicyDocument policy) =>
        [policy.Scope, policy.Version.ToString(), Show.Time(policy.AppliedAt), policy.AppliedBy.Name];
}
