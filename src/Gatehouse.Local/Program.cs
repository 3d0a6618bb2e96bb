using System.CommandLine;
using Gatehouse.Local.Commands;

var root = new RootCommand("Gatehouse on one machine: the Function app, an estate of registries and an upstream, without a cloud account.")
{
    TourCommand.Create(),
    UpCommand.Create(),
    AdmitCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
