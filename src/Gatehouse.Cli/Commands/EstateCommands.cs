using System.CommandLine;
using Gatehouse.Cli.Output;
using Gatehouse.Cli.Wire;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse estate</c>: the registries, how their replicas are, and the queues.</summary>
internal static class EstateCommands
{
    public static Command Build(CommandRunner runner)
    {
        var show = new Command("show", "Show the registries and their replicas.");
        show.SetAction(runner.Online((session, _, cancellationToken) => session.ShowAsync("api/estate", WireJson.Default.EstateDocument, Write, cancellationToken)));
        var health = new Command("health", "Show the health of every replica.");
        health.SetAction(runner.Online((session, _, cancellationToken) => session.ShowAsync("api/estate/health", WireJson.Default.EstateHealthDocument, Write, cancellationToken)));
        return new Command("estate", "The registries images are imported into.") { show, health, Queues(runner), Requeue(runner) };
    }

    private static Command Queues(CommandRunner runner)
    {
        var command = new Command("queues", "Show how many messages wait, and how many failed too often.");
        command.SetAction(runner.Online((session, _, cancellationToken) => session.ShowAsync("api/estate", WireJson.Default.EstateDocument, WriteQueues, cancellationToken)));
        return command;
    }

    private static Command Requeue(CommandRunner runner)
    {
        var queue = Ids.Argument("The queue, e.g. intake-work; events that the topic refused are published again from gatehouse-events-out.", "QUEUE");
        var command = new Command("requeue", "Give messages that failed too often another chance.") { queue };
        command.SetAction(runner.Online((session, parse, cancellationToken) => session.ShowAsync(
            HttpMethod.Post,
            $"api/estate/queues/{Ids.Segment(parse.GetRequiredValue(queue))}/requeue",
            null,
            WireJson.Default.RequeueDocument,
            (printer, done) => printer.Fields(("queue", done.Queue), ("requeued", done.Requeued.ToString()), ("stayed", done.Stayed?.ToString()), ("problem", done.Problem)),
            cancellationToken)));
        return command;
    }

    private static void WriteQueues(Printer printer, EstateDocument estate) => printer.Table(
        ["queue", "waiting", "poison", "problem"],
        (estate.Queues ?? []).Select(queue => new[] { queue.Name, queue.Waiting?.ToString(), queue.Poison?.ToString(), queue.Problem }));

    private static void Write(Printer printer, EstateDocument estate)
    {
        printer.Fields(("target pattern", estate.TargetPattern));
        printer.Line();
        printer.Table(
            ["registry", "login server", "bulkhead", "region", "endpoint"],
            estate.Registries.SelectMany(registry => registry.Replicas.Select(replica => new[]
            {
                registry.Name, registry.LoginServer, registry.Bulkhead, replica.Region == registry.HomeRegion ? replica.Region + " (home)" : replica.Region, replica.Endpoint,
            })));
    }

    private static void Write(Printer printer, EstateHealthDocument health) => printer.Table(
        ["registry", "region", "health", "since", "last seen", "missing", "lag", "reason"],
        health.Replicas.Select(one => new[]
        {
            one.Registry, one.Region, one.Health, Show.Time(one.Since), Show.Time(one.LastSeen), one.Missing.ToString(), Show.Milliseconds(one.LastLagMs), one.Reason,
        }));
}
