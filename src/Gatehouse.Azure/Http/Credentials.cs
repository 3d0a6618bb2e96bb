using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Gatehouse.Azure.Options;

namespace Gatehouse.Azure.Http;

internal static class Credentials
{
    /// <summary>The credential the options name; nothing is guessed, so that who we are does not depend on what is installed.</summary>
    public static TokenCredential Create(AzureOptions options, HttpPipelineTransport transport) => options.CredentialKind switch
    {
        AzureCredentialKind.WorkloadIdentity => new WorkloadIdentityCredential(Over(WorkloadIdentity(options), options, transport)),
        AzureCredentialKind.AzureCli => new AzureCliCredential(new AzureCliCredentialOptions { TenantId = options.TenantId }),
        AzureCredentialKind.AzureDeveloperCli => new AzureDeveloperCliCredential(new AzureDeveloperCliCredentialOptions { TenantId = options.TenantId }),
        AzureCredentialKind.AzurePowerShell => new AzurePowerShellCredential(new AzurePowerShellCredentialOptions { TenantId = options.TenantId }),
        AzureCredentialKind.VisualStudio => new VisualStudioCredential(new VisualStudioCredentialOptions { TenantId = options.TenantId }),
        AzureCredentialKind.Environment => new EnvironmentCredential(Over(new EnvironmentCredentialOptions(), options, transport)),
        _ => new ManagedIdentityCredential(Over(new ManagedIdentityCredentialOptions(Identity(options)), options, transport)),
    };

    /// <summary>The pod's own tenant stands in its environment.</summary>
    private static WorkloadIdentityCredentialOptions WorkloadIdentity(AzureOptions options)
    {
        var workload = new WorkloadIdentityCredentialOptions();
        workload.TenantId = options.TenantId ?? workload.TenantId;
        return workload;
    }

    private static ManagedIdentityId Identity(AzureOptions options) => options.ManagedIdentityClientId is { } id
        ? ManagedIdentityId.FromUserAssignedClientId(id)
        : ManagedIdentityId.SystemAssigned;

    /// <summary>Only the emulator's identity endpoint needs our own sockets, for its certificate.</summary>
    private static T Over<T>(T credential, AzureOptions options, HttpPipelineTransport transport)
        where T : TokenCredentialOptions
    {
        credential.AuthorityHost = options.Authority;
        if (options.TrustedCertificatePath is not null)
        {
            credential.Transport = transport;
        }

        return credential;
    }
}
