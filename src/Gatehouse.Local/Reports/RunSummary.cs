using System.Globalization;
using Gatehouse.Local.Tour;
using Spectre.Console;

namespace Gatehouse.Local.Reports;

/// <summary>The last screen of a run.</summary>
internal static class RunSummary
{
    public static void Show(RunConsole console, RunReport report, bool ok)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("image", "outcome", "where or why");
        foreach (var image in report.Released)
        {
            var replicas = image.Registries.SelectMany(registry => registry.Replicas.Select(replica => $"{registry.Name}/{replica.Region} ({replica.LagMs} ms)"));
            table.AddRow(Markup.Escape(image.Image), "[green]released[/]", Markup.Escape(string.Join(", ", replicas)));
        }

        foreach (var refusal in report.Refused)
        {
            table.AddRow(Markup.Escape(refusal.Image), "[red]refused[/]", Markup.Escape($"{refusal.Rule} ({refusal.Scope ?? "no scope"}): {refusal.Reason}"));
        }

        if (table.Rows.Count > 0)
        {
            console.Ansi.Write(table);
        }

        if (report.Ledger is { } ledger)
        {
            console.Say(string.Create(CultureInfo.InvariantCulture, $"ledger: {ledger.Size} entries, root {ledger.Root}, {(ledger.Verified ? "verified" : "NOT verified")}"));
        }

        var seconds = report.Steps.Sum(step => step.ElapsedMs) / 1000.0;
        var refused = report.Released.Count == 0 && report.Refused.Count > 0;
        console.Ansi.MarkupLine(
            !ok ? $"[bold red]Failed at step '{Markup.Escape(report.Steps[^1].Name)}'.[/]"
            : refused ? string.Create(CultureInfo.InvariantCulture, $"[bold yellow]Refused by policy, in {seconds:F1} s.[/]")
            : string.Create(CultureInfo.InvariantCulture, $"[bold green]All {report.Steps.Count} steps in {seconds:F1} s.[/]"));
    }
}
