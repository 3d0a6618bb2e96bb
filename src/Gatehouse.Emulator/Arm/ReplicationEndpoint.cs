using Gatehouse.Emulator.Registries;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Arm;

/// <summary>A registry's replicas. One can be made in every region that the options declare. Source: Microsoft.ContainerRegistry, Replications.</summary>
internal static class ReplicationEndpoint
{
    public const string Type = "replications";

    private static readonly Dictionary<string, string?> Nothing = [];

    public static Task HandleAsync(ArmCall call) => (call.Method, call.Path.Child) switch
    {
        ("GET", null) => call.JsonAsync(200, writer => ArmJson.List(writer, () => Visible(call.Registry).ForEach(replica => ArmJson.Replication(writer, call.Registry, replica)))),
        ("GET", { } region) => Find(call.Registry, region) is { } replica ? call.JsonAsync(200, writer => ArmJson.Replication(writer, call.Registry, replica)) : call.NotFoundAsync(Type),
        ("PUT" or "PATCH", not null) => ChangeAsync(call),
        ("DELETE", not null) => DeleteAsync(call),
        _ => call.NotAllowedAsync(),
    };

    private static List<EmulatedReplica> Visible(EmulatedRegistry registry) => [.. registry.Replicas.Where(replica => Find(registry, replica.Region) is not null)];

    /// <summary>Also one that is being made, and one whose making failed.</summary>
    private static EmulatedReplica? Find(EmulatedRegistry registry, string region) =>
        Declared(registry, region) is { } replica && (replica.IsProvisioned || registry.Arm.Find(Type, region) is not null) ? replica : null;

    private static EmulatedReplica? Declared(EmulatedRegistry registry, string region) =>
        registry.Replicas.FirstOrDefault(replica => string.Equals(replica.Region, region, StringComparison.OrdinalIgnoreCase));

    private static async Task ChangeAsync(ArmCall call)
    {
        if (await call.ReadObjectAsync() is not { } body)
        {
            return;
        }

        var (name, isPut) = (call.Path.Child!, HttpMethods.IsPut(call.Method));
        bool? routing = null;
        if (body.Object("properties") is { } properties && !properties.TryFlag("regionEndpointEnabled", out routing))
        {
            await call.InvalidAsync("The body must be {\"properties\":{\"regionEndpointEnabled\":true|false}}.");
        }
        else if (isPut && !string.Equals(body.Text("location")?.Replace(" ", string.Empty, StringComparison.Ordinal), name, StringComparison.OrdinalIgnoreCase))
        {
            await call.RefuseAsync(400, "LocationRequired", $"'location' is '{body.Text("location")}'; here it must be the replication's name, '{name}'.");
        }
        else if (Declared(call.Registry, name) is not { } replica)
        {
            await (isPut ? call.RefuseAsync(400, "LocationNotAvailableForResourceType", $"The location '{name}' is not available; the emulator's options declare {string.Join(", ", call.Registry.Replicas.Select(each => each.Region))}.") : call.NotFoundAsync(Type));
        }
        else if (Find(call.Registry, name) is null && !isPut)
        {
            await call.NotFoundAsync(Type);
        }
        else if (call.Arm.Find(Type, name)?.IsBusy(call.Arm.Now) is true)
        {
            await call.BusyAsync();
        }
        else
        {
            var created = !replica.IsProvisioned;
            var operation = call.Arm.Change(Type, replica.Region, created ? ArmAct.Creating : ArmAct.Updating, call.Options.ArmOperationTime, Nothing);
            if ((routing ?? (created ? true : null)) is { } enabled && operation.Code is null)
            {
                call.Registry.Store.SetRouting(replica, enabled);
            }

            replica.PumpAt(operation.ReadyAt);
            await call.ChangedAsync(operation, created, writer => ArmJson.Replication(writer, call.Registry, replica));
        }
    }

    private static Task DeleteAsync(ArmCall call)
    {
        var name = call.Path.Child!;
        if (Find(call.Registry, name) is not { } replica)
        {
            call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        if (replica == call.Registry.Home)
        {
            return call.RefuseAsync(409, "Conflict", $"The replication in the registry's home region '{replica.Region}' cannot be deleted.");
        }

        return call.Arm.Find(Type, name)?.IsBusy(call.Arm.Now) is true
            ? call.BusyAsync()
            : call.DeletedAsync(call.Arm.Change(Type, replica.Region, ArmAct.Deleting, call.Options.ArmOperationTime, Nothing));
    }
}
