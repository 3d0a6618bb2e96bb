using Gatehouse.Cli.Http;
using Gatehouse.Core.Results;

namespace Gatehouse.Cli.Output;

/// <summary>The only way to the terminal: takes out the token and control characters, whoever sent them.</summary>
internal sealed class Printer(CliEnvironment environment, IReadOnlyList<string> secrets)
{
    /// <summary>Shorter ones are no tokens, and would tear holes into words.</summary>
    private const int MinSecretLength = 8;

    private const string Redacted = "[token]";

    public void Line(string text = "") => environment.Out.WriteLine(Clean(text));

    /// <summary>As it came, for another program.</summary>
    public void Raw(string text) => environment.Out.Write(Hide(text));

    /// <summary>As it came, on lines of its own.</summary>
    public void Json(string text) => Raw(text.TrimEnd() + "\n");

    /// <summary>On stderr, so that stdout stays what was asked for.</summary>
    public void Note(string text) => environment.Error.WriteLine(Clean(text));

    public void Fail(Error error)
    {
        Note($"error: {error.Message}");
        Detail("code", error.Code);
        Detail("field", error.Field);
        Detail("allowed", error.Allowed.Count == 0 ? null : string.Join(", ", error.Allowed));
        if (error is RefusedByServer refused)
        {
            Detail("status", refused.Status.ToString());
            Detail("trace", refused.TraceId);
        }
    }

    /// <summary>Names and values, a line each; those without a value are left out.</summary>
    public void Fields(params (string Name, string? Value)[] fields)
    {
        var width = fields.Max(field => field.Name.Length);
        foreach (var (name, value) in fields.Where(field => !string.IsNullOrEmpty(field.Value)))
        {
            Line($"{name.PadRight(width)}  {value}");
        }
    }

    public void Table(string[] columns, IEnumerable<string?[]> rows)
    {
        var cells = rows.Select(row => Array.ConvertAll(row, cell => Clean(cell ?? string.Empty))).ToList();
        if (environment.Columns is { } width && BorderedTable.Fits(columns, cells, width))
        {
            BorderedTable.Write(environment.Out, columns, cells, width);
            return;
        }

        foreach (var line in TextTable.Format(columns, cells))
        {
            environment.Out.WriteLine(line);
        }
    }

    private void Detail(string name, string? value)
    {
        if (value is not null)
        {
            Note($"  {name,-8}{value}");
        }
    }

    private string Clean(string text) => Hide(text) is var hidden && hidden.Any(char.IsControl)
        ? string.Concat(hidden.Select(c => char.IsControl(c) ? ' ' : c))
        : hidden;

    private string Hide(string text) => secrets.Where(secret => secret.Length >= MinSecretLength)
        .Aggregate(text, (shown, secret) => shown.Replace(secret, Redacted, StringComparison.Ordinal));
}
