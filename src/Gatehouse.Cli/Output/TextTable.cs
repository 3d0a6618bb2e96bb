namespace Gatehouse.Cli.Output;

/// <summary>Columns padded to their widest cell, two spaces apart, nothing cut: for pipes and logs.</summary>
internal static class TextTable
{
    public static IEnumerable<string> Format(string[] columns, IReadOnlyList<string[]> rows)
    {
        var widths = columns.Select((column, at) => rows.Select(row => row[at].Length).Append(column.Length).Max()).ToArray();
        return rows.Prepend([.. columns.Select(column => column.ToUpperInvariant())])
            .Select(row => string.Join("  ", row.Select((cell, at) => cell.PadRight(widths[at]))).TrimEnd());
    }
}
