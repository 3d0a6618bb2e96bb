using Spectre.Console;
using Spectre.Console.Rendering;

namespace Gatehouse.Cli.Output;

/// <summary>For a window: borders, and the last column wrapped.</summary>
internal static class BorderedTable
{
    /// <summary>Narrower, a wrapped column is unreadable.</summary>
    private const int MinLastColumn = 24;

    /// <summary>Whether every column but the last has the room it wants; torn ids and times help nobody.</summary>
    public static bool Fits(string[] columns, IReadOnlyList<string[]> rows, int width)
    {
        var wanted = columns.Select((column, at) => rows.Select(row => row[at].Length).Append(column.Length).Max()).ToArray();
        var borders = (3 * columns.Length) + 1;
        return wanted[..^1].Sum() + Math.Min(wanted[^1], MinLastColumn) + borders <= width;
    }

    public static void Write(TextWriter output, string[] columns, IEnumerable<string[]> rows, int width)
    {
        var table = new Table { Border = TableBorder.Rounded };
        for (var at = 0; at < columns.Length; at++)
        {
            table.AddColumn(new TableColumn(new Text(columns[at])) { NoWrap = at < columns.Length - 1 });
        }

        foreach (var row in rows)
        {
            // Text, not a string: what the server sends is never markup.
            table.AddRow(row.Select(cell => (IRenderable)new Text(cell)));
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = width;
        console.Write(table);
    }
}
