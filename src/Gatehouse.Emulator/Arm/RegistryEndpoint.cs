using System.Text.Json;

namespace Gatehouse.Emulator.Arm;

/// <summary>The registry itself: read, and what can be changed of it. Source: Microsoft.ContainerRegistry, RegistryUpdateParameters.</summary>
internal static class RegistryEndpoint
{
    public const string Type = "registries";

    /// <summary>Kept and shown. Of these only <c>anonymousPullEnabled</c> has an effect here.</summary>
    private static readonly string[] Changeable =
    [
        "adminUserEnabled", "anonymousPullEnabled", "dataEndpointEnabled", "encryption", "networkRuleBypassAllowedForTasks", "networkRuleBypassOptions", "networkRuleSet", "policies",
        "publicNetworkAccess", "roleAssignmentMode",
    ];

    private static readonly string[] ChangeableInPreview = [.. Changeable, "regionalEndpoints"];

    private static readonly Dictionary<string, string?> Nothing = [];

    public static Task HandleAsync(ArmCall call, string dataHost) => call.Method switch
    {
        "GET" => call.JsonAsync(200, writer => RegistryJson.Write(writer, call.Registry, dataHost, call.IsPreview)),
        "PATCH" => PatchAsync(call, dataHost),
        _ => call.NotAllowedAsync(),
    };

    private static async Task PatchAsync(ArmCall call, string dataHost)
    {
        if (await call.ReadObjectAsync() is not { } body)
        {
            return;
        }

        var known = call.IsPreview ? ChangeableInPreview : Changeable;
        var properties = body.Object("properties") is { } given ? given.EnumerateObject().ToList() : [];
        if (properties.Find(property => !known.Contains(property.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
        {
            await call.RefuseAsync(400, "InvalidRequestContent", $"'properties.{unknown.Name}' cannot be changed with api-version {call.ApiVersion}; allowed: {string.Join(", ", known)}.");
            return;
        }

        if (properties.Find(property => property.Name == "anonymousPullEnabled") is { Value.ValueKind: not (JsonValueKind.Undefined or JsonValueKind.True or JsonValueKind.False) })
        {
            await call.InvalidAsync("'properties.anonymousPullEnabled' must be true or false.");
            return;
        }

        if (call.Arm.Find(Type, call.Registry.Name)?.IsBusy(call.Arm.Now) is true)
        {
            await call.BusyAsync();
            return;
        }

        var operation = call.Arm.Change(Type, call.Registry.Name, ArmAct.Updating, call.Options.ArmOperationTime, Nothing, document =>
        {
            properties.ForEach(property => document.Properties[property.Name] = property.Value.Clone());
            if (body.Object("tags") is { } tags)
            {
                document.Tags.Clear();
                foreach (var tag in tags.EnumerateObject().Where(tag => tag.Value.ValueKind == JsonValueKind.String))
                {
                    document.Tags[tag.Name] = tag.Value.GetString()!;
                }
            }
        });
        await call.ChangedAsync(operation, created: false, writer => RegistryJson.Write(writer, call.Registry, dataHost, call.IsPreview));
    }
}
