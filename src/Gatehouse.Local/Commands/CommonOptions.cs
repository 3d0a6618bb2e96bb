using System.CommandLine;
using Gatehouse.Local.Hosting;

namespace Gatehouse.Local.Commands;

internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document on stdout; progress goes to stderr." };

    public static Option<string?> Data() => new("--data") { Description = "Keep everything in this folder, across restarts. Default: a temporary folder.", HelpName = "DIR" };

    public static Option<string?> Policies() => new("--policies") { Description = "Apply the policy documents of this folder instead of the samples.", HelpName = "DIR" };

    public static Option<LocalStorageKind> Storage()
    {
        var names = Enum.GetNames<LocalStorageKind>().Select(name => name.ToLowerInvariant()).ToArray();
        var option = new Option<LocalStorageKind>("--storage")
        {
            Description = "Where records and queues are kept: embedded (files of this program), or azurite (one that runs already; Gatehouse__Azure__Storage__ConnectionString names it, else the development account).",
            HelpName = string.Join('|', names),
        };
        option.AcceptOnlyFromAmong(names);
        return option;
    }

    public static Option<bool> Verbose() => new("--verbose") { Description = "Show the services' logs on stderr." };
}
