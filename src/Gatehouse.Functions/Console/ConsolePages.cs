using Gatehouse.Core.Estate;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;

namespace Gatehouse.Functions.Console;

/// <summary>The console's pages, as pure functions of what they show.</summary>
internal static class ConsolePages
{
    public const string Style = """
        body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1f24;background:#fff}
        h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #d0d7de;vertical-align:top}
        td{overflow-wrap:anywhere}label,textarea,button{display:block;margin:.5rem 0}textarea{width:100%;height:8rem}.bad{color:#a40e26}
        @media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}.bad{color:#ff7b72}}
        """;

    public static string Status(string name, IReadOnlyList<ReplicaStatus> replicas, IReadOnlyList<Intake> intakes, Checkpoint? head)
    {
        var page = Begin("Gatehouse").Raw("<p>Signed in as ").Text(name).Raw(".</p><h2>Estate</h2>");
        page.Table(
            ["Registry", "Region", "Health", "Since", "Missing", "Lag", "Reason"],
            replicas.Select(one => new[]
            {
                one.Registry, one.Region, one.Health.ToString(), Time(one.Since), one.Missing.ToString(), one.LastLagMs is { } lag ? lag + " ms" : "–", one.Reason,
            }));
        page.Raw("<h2>Newest intakes</h2>").Table(
            ["Requested", "Image", "Scope", "State", "Reason"],
            intakes.Select(one => new[] { Time(one.RequestedAt), one.Image.ToString(), one.Scope.Path, one.State.ToString(), one.Reason }));
        page.Raw("<h2>Ledger</h2>").Table(
            ["Entries", "Root", "Signed"],
            head is null ? [] : [[head.Size.ToString(), Convert.ToHexStringLower(head.Root), Time(head.At)]]);
        return End(page);
    }

    public static string SignIn(string? error)
    {
        var page = Begin("Sign in to Gatehouse");
        if (error is not null)
        {
            page.Raw("<p class=\"bad\" role=\"alert\">").Text(error).Raw("</p>");
        }

        return End(page.Raw("""
            <form method="post" action="/console/sign-in">
            <label for="token">Access token</label>
            <textarea id="token" name="token" required autocomplete="off" spellcheck="false"></textarea>
            <button type="submit">Sign in</button>
            </form>
            """));
    }

    private static Html Begin(string title) => new Html()
        .Raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>")
        .Text(title)
        .Raw("</title><link rel=\"stylesheet\" href=\"/console/style.css\"></head><body><main><h1>")
        .Text(title)
        .Raw("</h1>");

    private static string End(Html page) => page.Raw("</main></body></html>").ToString();

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'");
}
