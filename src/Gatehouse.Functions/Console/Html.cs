using System.Text;
using System.Text.Encodings.Web;

namespace Gatehouse.Functions.Console;

/// <summary>Builds a page; every value passes the encoder, only literal markup does not.</summary>
internal sealed class Html
{
    private readonly StringBuilder _text = new(8 * 1024);

    /// <param name="markup">A literal of this program, never a value.</param>
    public Html Raw(string markup)
    {
        _text.Append(markup);
        return this;
    }

    public Html Text(string? value)
    {
        _text.Append(HtmlEncoder.Default.Encode(value ?? string.Empty));
        return this;
    }

    public Html Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string?>> rows)
    {
        Raw("<table><thead><tr>");
        foreach (var heading in headings)
        {
            Raw("<th>").Text(heading).Raw("</th>");
        }

        Raw("</tr></thead><tbody>");
        foreach (var row in rows)
        {
            Raw("<tr>");
            foreach (var cell in row)
            {
                Raw("<td>").Text(cell).Raw("</td>");
            }

            Raw("</tr>");
        }

        return Raw("</tbody></table>");
    }

    public override string ToString() => _text.ToString();
}
