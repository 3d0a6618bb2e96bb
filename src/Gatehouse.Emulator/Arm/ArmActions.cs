using Gatehouse.Emulator.Requests;

namespace Gatehouse.Emulator.Arm;

/// <summary>The permission a call needs. Source: Azure, "Azure permissions for Containers".</summary>
internal static class ArmActions
{
    private const string Registries = "Microsoft.ContainerRegistry/registries";

    public static string Of(ArmPath path, string method)
    {
        var verb = method switch { "GET" or "HEAD" => "read", "DELETE" => "delete", _ => "write" };
        return path.Kind switch
        {
            RequestKind.ArmImport => $"{Registries}/importImage/action",
            RequestKind.ArmUsages => $"{Registries}/listUsages/read",
            RequestKind.ArmReplications => $"{Registries}/replications/{verb}",
            RequestKind.ArmCacheRules => $"{Registries}/cacheRules/{verb}",
            RequestKind.ArmCredentialSets => $"{Registries}/credentialSets/{verb}",
            RequestKind.ArmOperation => path.Name is null ? "Microsoft.ContainerRegistry/locations/operationResults/read" : $"{Registries}/operationStatuses/read",
            _ => $"{Registries}/{verb}",
        };
    }
}
