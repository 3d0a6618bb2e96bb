using Spectre.Console;

namespace Gatehouse.Local.Tour;

/// <summary>Progress for a person: on stdout, or on stderr when stdout is for a JSON document.</summary>
internal sealed class RunConsole
{
    /// <summary>Wide enough for a reference with its digest, where no terminal says how wide it is.</summary>
    private const int PlainWidth = 180;

    private RunConsole(IAnsiConsole ansi) => Ansi = ansi;

    public IAnsiConsole Ansi { get; }

    public static RunConsole Create(bool json)
    {
        var ansi = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(json ? Console.Error : Console.Out) });
        if (json ? Console.IsErrorRedirected : Console.IsOutputRedirected)
        {
            ansi.Profile.Width = PlainWidth;
            ansi.Profile.Capabilities.Ansi = false;
        }

        return new RunConsole(ansi);
    }

    public void Say(string text) => Ansi.MarkupLine("  " + Markup.Escape(text));

    public void Good(string text) => Ansi.MarkupLine("  [green]✓[/] " + Markup.Escape(text));

    public void Bad(string text) => Ansi.MarkupLine("  [red]✗[/] " + Markup.Escape(text));

    public void Title(int number, int of, string text) => Ansi.MarkupLine($"[bold blue]{number,2}/{of}[/] [bold]{Markup.Escape(text)}[/]");
}
