using System.CommandLine;
using Gatehouse.Cli.Output;
using Gatehouse.Cli.Wire;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse watch</c>: upstream tags that are followed.</summary>
internal static class WatchCommands
{
    private const string Path = "api/watches";

    private static readonly string[] Columns = ["id", "scope", "repository", "tags", "created", "by"];

    public static Command Build(CommandRunner runner) => new("watch", "Upstream tags that are followed for changes.")
    {
        Add(runner),
        List(runner),
        Remove(runner),
    };

    private static Command Add(CommandRunner runner)
    {
        var repository = new Argument<string>("REPOSITORY") { Description = "Registry and repository without tag or digest, e.g. docker.io/library/alpine." };
        var scope = new Option<string>("--scope") { Description = "Who it is followed for.", HelpName = "SCOPE", Required = true };
        var tags = new Option<string[]>("--tag") { Description = "A tag, or a pattern with * and ?; repeat it for more.", HelpName = "TAG", Required = true };
        var command = new Command("add", "Follow tags of an upstream repository.") { repository, scope, tags };
        command.SetAction(runner.Online((session, parse, cancellationToken) => session.ShowAsync(
            HttpMethod.Post,
            Path,
            Session.WithJson(new WatchSubmission(parse.GetRequiredValue(scope), parse.GetRequiredValue(repository), parse.GetRequiredValue(tags)), WireJson.Default.WatchSubmission),
            WireJson.Default.WatchDocument,
            (printer, watch) => printer.Table(Columns, [Row(watch)]),
            cancellationToken)));
        return command;
    }

    private static Command List(CommandRunner runner)
    {
        var command = new Command("list", "List every watch.");
        command.SetAction(runner.Online((session, _, cancellationToken) =>
            session.ShowAsync(Path, WireJson.Default.WatchListDocument, (printer, list) => printer.Table(Columns, list.Watches.Select(Row)), cancellationToken)));
        return command;
    }

    private static Command Remove(CommandRunner runner)
    {
        var id = Ids.Argument("The watch.");
        var command = new Command("remove", "Stop following.") { id };
        command.SetAction(runner.Online(async (session, parse, cancellationToken) =>
        {
            var removed = await session.Api.SendAsync(HttpMethod.Delete, $"{Path}/{Ids.Segment(parse.GetRequiredValue(id))}", null, cancellationToken);
            if (!removed.TryGet(out _, out var error))
            {
                return error;
            }

            session.Printer.Note($"Watch {parse.GetRequiredValue(id)} is removed.");
            return null;
        }));
        return command;
    }

    private static string?[] Row(WatchDocument watch) =>
        [watch.Id, watch.Scope, watch.Repository, string.Join(", ", watch.Tags), Show.Time(watch.CreatedAt), watch.CreatedBy.Name];
}
