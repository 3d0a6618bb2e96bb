namespace Gatehouse.Azure.Options;

internal enum AzureCredentialKind
{
    ManagedIdentity,
    WorkloadIdentity,
    AzureCli,
    AzureDeveloperCli,
    AzurePowerShell,
    VisualStudio,
    Environment,
}

/// <summary>How Azure is reached and who we are there; bound from <c>Gatehouse:Azure</c>.</summary>
public sealed class AzureOptions
{
    public const string Section = "Gatehouse:Azure";

    /// <summary>AzurePublicCloud, AzureUSGovernment or AzureChinaCloud: what the hosts and scopes below default to. The default is AzurePublicCloud.</summary>
    public string Cloud { get; set; } = AzureCloud.PublicName;

    /// <summary>Where Azure Resource Manager is: https, host and port only; null for the cloud's own.</summary>
    public string? ArmEndpoint { get; set; }

    /// <summary>The Entra scope of tokens for Resource Manager; null for the cloud's own.</summary>
    public string? ArmScope { get; set; }

    /// <summary>Where Entra is, for credentials that ask it themselves: https, host and port only; null for the cloud's own.</summary>
    public string? AuthorityHost { get; set; }

    /// <summary>The version of the Container Registry API that Resource Manager is asked for.</summary>
    public string ArmApiVersion { get; set; } = "2025-11-01";

    /// <summary>The version asked for where only a preview tells what we want to know, e.g. regional endpoints; where Resource Manager does not know it, ArmApiVersion is asked for instead.</summary>
    public string ArmPreviewApiVersion { get; set; } = "2026-03-01-preview";

    /// <summary>The Entra scope of tokens that registries exchange; null for <c>https://containerregistry.azure.net/.default</c>. One for all registries; there is none for a single one.</summary>
    public string? AcrScope { get; set; }

    /// <summary>ManagedIdentity, WorkloadIdentity, AzureCli, AzureDeveloperCli, AzurePowerShell, VisualStudio or Environment. The default is ManagedIdentity.</summary>
    public string Credential { get; set; } = nameof(AzureCredentialKind.ManagedIdentity);

    /// <summary>The client id of a user-assigned identity; null for the system-assigned one.</summary>
    public string? ManagedIdentityClientId { get; set; }

    /// <summary>The tenant the registries are in; null for the credential's own.</summary>
    public string? TenantId { get; set; }

    /// <summary>A PEM file with the one certificate to trust beside the system's, and only on loopback: the emulator's.</summary>
    public string? TrustedCertificatePath { get; set; }

    /// <summary>
    /// Imports that run at one time in one registry, from their start to their end, as far as one instance knows; several instances multiply it. The default is 4; from 1 to 64.
    /// </summary>
    public int MaxConcurrentImports { get; set; } = 4;

    /// <summary>
    /// How long an import counts as running after it was last asked about, beside the wait the service asked for; for imports that were given up, or that another instance follows.
    /// The default is 3 minutes; from 10 seconds to 12 hours.
    /// </summary>
    public TimeSpan ImportLease { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>
    /// How long an import waits on average, half of it at least and half as much again at most, before it asks again for a place in a registry that had none.
    /// The default is 20 seconds; from 10 milliseconds to 10 minutes.
    /// </summary>
    public TimeSpan ImportBusyDelay { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Calls to Resource Manager about one registry that run at one time in one instance. The default is 8; from 1 to 256.</summary>
    public int MaxConcurrentCalls { get; set; } = 8;

    /// <summary>The longest wait for one try of one call. The default is 100 seconds; from 1 second to 10 minutes.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>Tries of one call after the first. The default is 3; from 0 to 10.</summary>
    public int MaxRetries { get; set; } = 3;

    /// <summary>The first wait between tries; it doubles. The default is 800 milliseconds; from 1 millisecond to 1 minute.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(800);

    /// <summary>The longest wait inside one call; when the service asks for more, the call fails and says how long. The default is 20 seconds; from 0 to 5 minutes.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Registries that are signed in to otherwise than with the Entra credential, by their name in estate.yaml.</summary>
    public IDictionary<string, RegistrySignInOptions> Registries { get; init; } = new Dictionary<string, RegistrySignInOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Null when <see cref="Credential"/> is none of the words.</summary>
    internal AzureCredentialKind? CredentialKind =>
        Enum.TryParse<AzureCredentialKind>(Credential, ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind : null;

    /// <summary>The public cloud when <see cref="Cloud"/> is none of the names; the validator says so.</summary>
    internal AzureCloud HomeCloud() => AzureCloud.Find(Cloud) ?? AzureCloud.Public;

    internal Uri ArmUri => ArmEndpoint is { } own ? new Uri(own) : HomeCloud().ArmEndpoint;

    internal string ArmTokenScope => ArmScope ?? HomeCloud().ArmScope;

    internal Uri Authority => AuthorityHost is { } own ? new Uri(own) : HomeCloud().AuthorityHost;

    internal string AcrTokenScope => AcrScope ?? AzureCloud.AcrScope;
}
