using System.CommandLine;

namespace Gatehouse.Cli.Commands;

/// <summary>Ids on the command line, and in paths.</summary>
internal static class Ids
{
    public static Argument<string> Argument(string description, string name = "ID")
    {
        var argument = new Argument<string>(name) { Description = description };
        argument.Validators.Add(result =>
        {
            // As a path segment these would name another address.
            if (result.Tokens is [{ Value: "" or "." or ".." } token])
            {
                result.AddError($"'{token.Value}' is not an id.");
            }
        });
        return argument;
    }

    public static string Segment(string id) => Uri.EscapeDataString(id);
}
