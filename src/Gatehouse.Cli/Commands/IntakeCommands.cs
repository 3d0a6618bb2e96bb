using System.CommandLine;
using Gatehouse.Cli.Wire;
using Gatehouse.Core.Intakes;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse intake</c>: images on their way in.</summary>
internal static class IntakeCommands
{
    private const string Path = "api/intakes";

    public static Command Build(CommandRunner runner) => new("intake", "Images on their way in: ask, look, decide.")
    {
        Request(runner),
        List(runner),
        Show(runner),
        Decide(runner, "approve", "Say yes to an intake that awaits approval. Whoever requested it usually may not.", "Why; optional.", commentRequired: false),
        Decide(runner, "reject", "Say no to an intake that awaits approval.", "Why; a rejection needs it.", commentRequired: true),
        Retry(runner),
        EvidenceCommand.Build(runner),
    };

    public static string PathOf(string id) => $"{Path}/{Ids.Segment(id)}";

    private static Command Request(CommandRunner runner)
    {
        var image = new Argument<string>("IMAGE") { Description = "As Docker writes references, e.g. docker.io/library/alpine:3.20." };
        var scope = new Option<string>("--scope") { Description = "Who it is for, e.g. contoso/payments.", HelpName = "SCOPE", Required = true };
        var justification = new Option<string?>("--justification") { Description = "What it is needed for.", HelpName = "TEXT" };
        var key = new Option<string?>("--idempotency-key") { Description = "Names this request: sent twice, it is done once.", HelpName = "KEY" };
        var wait = new Option<bool>("--wait") { Description = "Wait until the image is released or refused, or a person must approve it." };
        var limit = new Option<int>("--wait-limit") { Description = "Minutes --wait waits at most, 1 to 1440.", HelpName = "MINUTES", DefaultValueFactory = _ => 30 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, out var minutes) && minutes is >= 1 and <= 1440))
            {
                result.AddError($"--wait-limit is '{text}'; it takes 1 to 1440 minutes.");
            }
        });
        var command = new Command("request", "Ask for an image. An intake of the same image and scope that stands already is given back.") { image, scope, justification, key, wait, limit };
        command.SetAction(runner.Online(async (session, parse, cancellationToken) =>
        {
            var submission = new IntakeSubmission(parse.GetRequiredValue(scope), parse.GetRequiredValue(image), parse.GetValue(justification));
            var asked = await session.AskAsync(
                HttpMethod.Post,
                Path,
                request => AddKey(request, submission, parse.GetValue(key)),
                WireJson.Default.IntakeDocument,
                cancellationToken);
            if (!asked.TryGet(out var reply, out var error))
            {
                return error;
            }

            if (parse.GetValue(wait))
            {
                return await new IntakeWait(session, TimeSpan.FromMinutes(parse.GetValue(limit))).RunAsync(reply, cancellationToken);
            }

            session.Show(reply, IntakeView.Detail);
            return null;
        }));
        return command;
    }

    private static void AddKey(HttpRequestMessage request, IntakeSubmission submission, string? key)
    {
        Session.WithJson(submission, WireJson.Default.IntakeSubmission)(request);
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }
    }

    private static Command List(CommandRunner runner)
    {
        var scope = new Option<string?>("--scope") { Description = "Only this scope and those below it.", HelpName = "SCOPE" };
        var state = new Option<string?>("--state") { Description = $"Only those in this state: {string.Join(", ", Enum.GetNames<IntakeState>())}.", HelpName = "STATE" };
        var take = new Option<int?>("--take") { Description = "How many, 1 to 200.", HelpName = "COUNT" };
        var after = new Option<string?>("--after") { Description = "Where the list before ended, as it said.", HelpName = "CONTINUATION" };
        var command = new Command("list", "List intakes, newest first.") { scope, state, take, after };
        command.SetAction(runner.Online((session, parse, cancellationToken) => session.ShowAsync(
            Path + Query.Of(("scope", parse.GetValue(scope)), ("state", parse.GetValue(state)), ("take", parse.GetValue(take)?.ToString()), ("continuation", parse.GetValue(after))),
            WireJson.Default.IntakeListDocument,
            IntakeView.List,
            cancellationToken)));
        return command;
    }

    private static Command Show(CommandRunner runner)
    {
        var id = Ids.Argument("The intake.");
        var command = new Command("show", "Show one intake: state, verdict rule by rule, approvals, replicas.") { id };
        command.SetAction(runner.Online((session, parse, cancellationToken) =>
            session.ShowAsync(PathOf(parse.GetRequiredValue(id)), WireJson.Default.IntakeDocument, IntakeView.Detail, cancellationToken)));
        return command;
    }

    private static Command Decide(CommandRunner runner, string name, string description, string commentDescription, bool commentRequired)
    {
        var id = Ids.Argument("The intake.");
        var comment = new Option<string?>("--comment") { Description = commentDescription, HelpName = "TEXT", Required = commentRequired };
        var command = new Command(name, description) { id, comment };
        command.SetAction(runner.Online((session, parse, cancellationToken) => session.ShowAsync(
            HttpMethod.Post,
            $"{PathOf(parse.GetRequiredValue(id))}/{name}",
            Session.WithJson(new IntakeComment(parse.GetValue(comment)), WireJson.Default.IntakeComment),
            WireJson.Default.IntakeDocument,
            IntakeView.Detail,
            cancellationToken)));
        return command;
    }

    private static Command Retry(CommandRunner runner)
    {
        var id = Ids.Argument("The intake.");
        var command = new Command("retry", "Send a faulted intake back to the state it faulted in.") { id };
        command.SetAction(runner.Online((session, parse, cancellationToken) => session.ShowAsync(
            HttpMethod.Post,
            $"{PathOf(parse.GetRequiredValue(id))}/retry",
            null,
            WireJson.Default.IntakeDocument,
            IntakeView.Detail,
            cancellationToken)));
        return command;
    }
}
