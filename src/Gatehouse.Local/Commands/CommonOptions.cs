using System.CommandLine;

namespace Gatehouse.Local.Commands;

internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document on stdout; progress goes to stderr." };

    public static Option<string?> Data() => new("--data") { Description = "Keep everything in this folder, across restarts. Default: a temporary folder.", HelpName = "DIR" };

    public static Option<string?> Policies() => new("--policies") { Description = "Apply the policy documents of this folder instead of the samples.", HelpName = "DIR" };

    public static Option<bool> Verbose() => new("--verbose") { Description = "Show the services' logs on stderr." };
}
