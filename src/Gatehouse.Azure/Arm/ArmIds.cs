using System.Text.RegularExpressions;
using Azure.Core;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Results;

namespace Gatehouse.Azure.Arm;

/// <summary>ARM ids of what is in a registry.</summary>
internal static partial class ArmIds
{
    private const string RegistryType = "Microsoft.ContainerRegistry/registries";

    /// <summary>E.g. <c>{registry}/replications/westeurope</c>.</summary>
    /// <param name="type">The kind of child, e.g. <c>replications</c>.</param>
    /// <param name="name">Goes into a URL, so it must be one of the names ARM allows.</param>
    public static Result<string> Child(RegistryDefinition registry, string type, string name) => Name().IsMatch(name)
        ? new ResourceIdentifier(registry.ResourceId).AppendChildResource(type, name).ToString()
        : ArmFailures.Invalid($"The name in {type}", name, "5 to 50 letters, digits and '-'");

    /// <summary>The id of the registry a resource belongs to; empty when it belongs to none.</summary>
    public static string RegistryOf(string? resource)
    {
        for (var id = resource is null ? null : new ResourceIdentifier(resource); id is not null; id = id.Parent)
        {
            if (id.ResourceType == RegistryType)
            {
                return id.ToString();
            }
        }

        return string.Empty;
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9-]{5,50}\z", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
