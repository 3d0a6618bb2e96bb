using System.CommandLine;
using Gatehouse.Core.Scopes;
using Gatehouse.Local.Admitting;
using Gatehouse.Local.Hosting;

namespace Gatehouse.Local.Commands;

/// <summary><c>admit IMAGE</c>: one real image, by the whole way.</summary>
internal static class AdmitCommand
{
    private const string DefaultScope = "contoso/payments";

    public static Command Create()
    {
        var image = new Argument<string>("IMAGE") { Description = "A reference (docker.io/library/alpine:3.20, 127.0.0.1:5000/app:1.2, …@sha256:…), or oci:DIR[:TAG] for an OCI image layout on disk." };
        var scope = new Option<string>("--scope") { Description = "Whose policy judges it.", DefaultValueFactory = _ => DefaultScope, HelpName = "SCOPE" };
        var keep = new Option<bool>("--keep") { Description = "Keep the estate up afterwards, so that other clients can pull; Ctrl+C stops it." };
        var (data, storage, policies, json, verbose) = (CommonOptions.Data(), CommonOptions.Storage(), CommonOptions.Policies(), CommonOptions.Json(), CommonOptions.Verbose());
        scope.Validators.Add(result =>
        {
            if (!Scope.Parse(result.GetValueOrDefault<string>()).TryGet(out _, out var error))
            {
                result.AddError("--scope: " + error.Message);
            }
        });
        var command = new Command("admit", "Bring one image in. Exit code 0: released; 2: refused by policy; 1: anything else.") { image, scope, keep, data, storage, policies, json, verbose };
        command.SetAction((parsed, cancellationToken) => new AdmitRun(
            new LocalOptions
            {
                DataDirectory = parsed.GetValue(data),
                Storage = parsed.GetValue(storage),
                PolicyDirectory = parsed.GetValue(policies),
                Verbose = parsed.GetValue(verbose),
            },
            parsed.GetValue(json)).RunAsync(parsed.GetValue(image)!, parsed.GetValue(scope)!, parsed.GetValue(keep), cancellationToken));
        return command;
    }
}
