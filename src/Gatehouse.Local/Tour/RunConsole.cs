using Spectre.Console;

namespace Gatehouse.Local.Tour;

/// <summary>Progress for a person: on stdout, or on stderr when stdout is for a JSON document.</summary>
internal sealed class RunConsole
{
    private RunConsole(IAnsiConsole ansi) => Ansi = ansi;

    public IAnsiConsole Ansi { get; }

    public static RunConsole Create(bool json) => new(AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(json ? Console.Error : Console.Out),
    }));

    public void Say(string text) => Ansi.MarkupLine("  " + Markup.Escape(text));

    public void Good(string text) => Ansi.MarkupLine("  [green]✓[/] " + Markup.Escape(text));

    public void Bad(string text) => Ansi.MarkupLine("  [red]✗[/] " + Markup.Escape(text));

    public void Title(int number, int of, string text) => Ansi.MarkupLine($"[bold blue]{number,2}/{of}[/] [bold]{Markup.Escape(text)}[/]");
}
