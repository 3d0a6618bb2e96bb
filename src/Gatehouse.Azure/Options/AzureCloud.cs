using Azure.Identity;
using Azure.ResourceManager;

namespace Gatehouse.Azure.Options;

/// <summary>One of Azure's clouds: where its services are and what tokens for them are called. Only names are wanted at the start, so the libraries that know addresses are loaded at the first use.</summary>
/// <param name="registrySuffix">What the hosts of its registries end in.</param>
/// <param name="vaultSuffix">The same of its key vaults, below which their tokens' audience is.</param>
/// <param name="topicSuffix">The same of its Event Grid topics. That tokens are for it outside the public cloud too is not documented: configurable.</param>
internal sealed class AzureCloud(string name, string registrySuffix, string vaultSuffix, string topicSuffix, Func<Uri> armEndpoint, Func<string> armAudience, Func<Uri> authorityHost)
{
    public const string PublicName = "AzurePublicCloud";

    /// <summary>The registries' own audience, the same in every cloud.</summary>
    public const string AcrScope = "https://containerregistry.azure.net/.default";

    /// <summary>One for all accounts, the same in every cloud. Source: Azure's environments, resource identifiers.</summary>
    public const string StorageScope = "https://storage.azure.com/.default";

    public static AzureCloud Public { get; } = new(
        PublicName, "azurecr.io", "vault.azure.net", "eventgrid.azure.net", () => ArmEnvironment.AzurePublicCloud.Endpoint, () => ArmEnvironment.AzurePublicCloud.Audience, () => AzureAuthorityHosts.AzurePublicCloud);

    public static IReadOnlyList<AzureCloud> All { get; } =
    [
        Public,
        new("AzureUSGovernment", "azurecr.us", "vault.usgovcloudapi.net", "eventgrid.azure.us", () => ArmEnvironment.AzureGovernment.Endpoint, () => ArmEnvironment.AzureGovernment.Audience, () => AzureAuthorityHosts.AzureGovernment),
        new("AzureChinaCloud", "azurecr.cn", "vault.azure.cn", "eventgrid.azure.cn", () => ArmEnvironment.AzureChina.Endpoint, () => ArmEnvironment.AzureChina.Audience, () => AzureAuthorityHosts.AzureChina),
    ];

    public string Name => name;

    public string RegistrySuffix => registrySuffix;

    public string VaultScope => $"https://{vaultSuffix}/.default";

    public string TopicScope => $"https://{topicSuffix}/.default";

    public Uri ArmEndpoint => armEndpoint();

    /// <summary>The library's audiences end in a slash in one cloud and not in others; scopes here never have two.</summary>
    public string ArmScope => $"{armAudience().TrimEnd('/')}/.default";

    public Uri AuthorityHost => authorityHost();

    /// <summary>By name, in any case; null when there is none.</summary>
    public static AzureCloud? Find(string cloudName) => All.FirstOrDefault(cloud => string.Equals(cloud.Name, cloudName, StringComparison.OrdinalIgnoreCase));
}
