using System.CommandLine;
using Gatehouse.Cli.Output;
using Gatehouse.Cli.Wire;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse estate</c>: the registries, and how their replicas are.</summary>
internal static class EstateCommands
{
    public static Command Build(CommandRunner runner)
    {
        var show = new Command("show", "Show the registries and their replicas.");
        show.SetAction(runner.Online((session, _, cancellationToken) => session.ShowAsync("api/estate", WireJson.Default.EstateDocument, Write, cancellationToken)));
        var health = new Command("health", "Show the health of every replica.");
        health.SetAction(runner.Online((session, _, cancellationToken) => session.ShowAsync("api/estate/health", WireJson.Default.EstateHealthDocument, Write, cancellationToken)));
        return new Command("estate", "The registries images are imported into.") { show, health };
    }

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
