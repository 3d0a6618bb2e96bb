using Azure.Identity;
using Azure.ResourceManager;

namespace Gatehouse.Azure.Options;

/// <summary>One of Azure's clouds: where its services are and what tokens for them are called.</summary>
/// <param name="RegistrySuffix">What the hosts of its registries end in.</param>
internal sealed record AzureCloud(string Name, Uri ArmEndpoint, string ArmScope, Uri AuthorityHost, string RegistrySuffix)
{
    public const string PublicName = "AzurePublicCloud";

    /// <summary>The registries' own audience, the same in every cloud.</summary>
    public const string AcrScope = "https://containerregistry.azure.net/.default";

    public static AzureCloud Public { get; } = Of(PublicName, ArmEnvironment.AzurePublicCloud, AzureAuthorityHosts.AzurePublicCloud, "azurecr.io");

    public static IReadOnlyList<AzureCloud> All { get; } =
    [
        Public,
        Of("AzureUSGovernment", ArmEnvironment.AzureGovernment, AzureAuthorityHosts.AzureGovernment, "azurecr.us"),
        Of("AzureChinaCloud", ArmEnvironment.AzureChina, AzureAuthorityHosts.AzureChina, "azurecr.cn"),
    ];

    /// <summary>By name, in any case; null when there is none.</summary>
    public static AzureCloud? Find(string name) => All.FirstOrDefault(cloud => string.Equals(cloud.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The library's audiences end in a slash in one cloud and not in others; scopes here never have two.</summary>
    private static AzureCloud Of(string name, ArmEnvironment arm, Uri authority, string registrySuffix) =>
        new(name, arm.Endpoint, $"{arm.Audience.TrimEnd('/')}/.default", authority, registrySuffix);
}
