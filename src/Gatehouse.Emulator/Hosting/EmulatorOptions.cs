using System.Diagnostics.CodeAnalysis;
using Gatehouse.Emulator.KeyVault;

namespace Gatehouse.Emulator.Hosting;

/// <summary>What the emulator is to be. Every port may be 0: any free one, the same again after a restart when it is still free.</summary>
public sealed class EmulatorOptions
{
    public const string DefaultSubscriptionId = "00000000-0000-0000-0000-000000000001";
    public const string DefaultResourceGroup = "gatehouse";
    public const string DefaultTenantId = "00000000-0000-0000-0000-0000000000aa";

    /// <summary>Everything the emulator keeps: blobs, journals, keys, ports, the certificate. One emulator per directory at a time.</summary>
    public string DataDirectory { get; init; } = string.Empty;

    public IReadOnlyList<EmulatedRegistryOptions> Registries { get; init; } = [];

    public string SubscriptionId { get; init; } = DefaultSubscriptionId;

    public string ResourceGroup { get; init; } = DefaultResourceGroup;

    public string TenantId { get; init; } = DefaultTenantId;

    /// <summary>HTTPS, ARM.</summary>
    public int ArmPort { get; init; }

    /// <summary>HTTP, the managed identity endpoint and the manual validation of event subscriptions.</summary>
    public int IdentityPort { get; init; }

    public EmulatedVaultOptions Vault { get; init; } = new();

    /// <summary>HTTP, where blob downloads are redirected to.</summary>
    public int DataPort { get; init; }

    /// <summary>Whether <c>GET</c> of a blob answers 307 to a signed URL on the data endpoint, as ACR does. Plain registries never redirect.</summary>
    public bool BlobRedirect { get; init; } = true;

    /// <summary>How long a signed blob URL lives. ACR: 20 to 30 minutes.</summary>
    public TimeSpan BlobUrlLifetime { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Custom topics of Event Grid.</summary>
    public IReadOnlyList<EmulatedTopicOptions> Topics { get; init; } = [];

    /// <summary>How long what ARM makes, changes and deletes takes; zero makes it at once. Imports take as long as they take.</summary>
    public TimeSpan ArmOperationTime { get; init; }

    /// <summary>How many calls ARM takes; null for any number.</summary>
    public ArmLimitOptions? ArmLimits { get; init; }

    public IReadOnlyList<EventSubscriptionOptions> EventSubscriptions { get; init; } = [];

    /// <summary>Multiplies Event Grid's retry waits (10 s, 30 s, 1 m, 5 m …); 1 is the real schedule, 0.01 suits a laptop. Above 0, at most 1.</summary>
    public double EventRetryScale { get; init; } = 1;
}

/// <summary>How many calls the subscription takes: so many at once, and so many a second after that. All above 0.</summary>
public sealed class ArmLimitOptions
{
    public int Reads { get; init; } = 250;

    public double ReadsPerSecond { get; init; } = 25;

    public int Writes { get; init; } = 200;

    public double WritesPerSecond { get; init; } = 10;

    public int Deletes { get; init; } = 200;

    public double DeletesPerSecond { get; init; } = 10;
}

public enum RegistryKind
{
    /// <summary>An Azure Container Registry: tokens, regions, <c>/acr/v1</c>, ARM.</summary>
    Acr,

    /// <summary>A plain OCI registry without tokens or ARM: an upstream.</summary>
    Plain,
}

public sealed class EmulatedRegistryOptions
{
    /// <summary>5 to 50 letters and digits for an ACR; for a plain one also shorter and with '-'.</summary>
    public string Name { get; init; } = string.Empty;

    public RegistryKind Kind { get; init; }

    /// <summary>One of <see cref="Regions"/>; the first when empty.</summary>
    public string HomeRegion { get; init; } = string.Empty;

    /// <summary>At least one for an ACR; a plain registry has none.</summary>
    public IReadOnlyList<EmulatedRegionOptions> Regions { get; init; } = [];

    /// <summary>Of the global endpoint, the login server.</summary>
    public int Port { get; init; }

    public bool AnonymousPull { get; init; }

    /// <summary>Plain registries only: pushes without credentials.</summary>
    public bool AnonymousPush { get; init; }

    /// <summary>The quarantine policy: manifests that arrive are withheld until their <c>quarantineState</c> is set to <c>Passed</c>.</summary>
    public bool Quarantine { get; init; }

    public IReadOnlyList<RegistryCredential> Credentials { get; init; } = [];
}

public sealed class EmulatedRegionOptions
{
    /// <summary>Azure short name, e.g. <c>westeurope</c>.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Whether the registry is in this region from the start. Where it is not, ARM can create the replica.</summary>
    public bool Provisioned { get; init; } = true;

    /// <summary>Of the regional endpoint.</summary>
    public int Port { get; init; }

    /// <summary>How long a change made elsewhere takes to arrive here.</summary>
    public TimeSpan ReplicationLag { get; init; }

    /// <summary>Up to this much is added to the lag of every change. Changes never overtake each other.</summary>
    public TimeSpan ReplicationJitter { get; init; }
}

/// <summary>A user name and password, as a repository-scoped token gives them.</summary>
public sealed class RegistryCredential
{
    public string Username { get; init; } = string.Empty;

    public string Password { get; init; } = string.Empty;

    /// <summary>Repositories, or prefixes ending in <c>*</c>; all when empty.</summary>
    public IReadOnlyList<string> Repositories { get; init; } = [];

    /// <summary><c>pull</c>, <c>push</c>, <c>delete</c>, <c>metadata_read</c>, <c>metadata_write</c>; all when empty.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];
}

public enum EventSchema
{
    EventGridSchema,
    [SuppressMessage("Naming", "CA1707", Justification = "Azure's own name of the schema.")]
    CloudEventSchemaV1_0,
}

/// <summary>A custom topic, published to with Entra tokens only.</summary>
public sealed class EmulatedTopicOptions
{
    /// <summary>3 to 50 letters, digits and '-'.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>HTTPS.</summary>
    public int Port { get; init; }

    /// <summary>What events are published in, and delivered in.</summary>
    public EventSchema Schema { get; init; } = EventSchema.CloudEventSchemaV1_0;
}

/// <summary>Sends a registry's or a topic's events to a web hook or a queue.</summary>
public sealed class EventSubscriptionOptions
{
    /// <summary>Sent upper case in <c>aeg-subscription-name</c>.</summary>
    public string Name { get; init; } = "gatehouse";

    /// <summary>The registry whose events these are; or else <see cref="Topic"/>.</summary>
    public string Registry { get; init; } = string.Empty;

    /// <summary>The custom topic whose events these are; null for a registry's.</summary>
    public string? Topic { get; init; }

    /// <summary>The web hook; or else <see cref="Queue"/>.</summary>
    public Uri? Url { get; init; }

    /// <summary>Puts one event's text on a storage queue; an <see cref="IOException"/> makes it come again. Null for a web hook.</summary>
    public Func<string, CancellationToken, Task>? Queue { get; init; }

    /// <summary>Whether the queue gets base64, which is what Azure is believed to write.</summary>
    public bool QueueBase64 { get; init; } = true;

    public EventSchema Schema { get; init; }

    /// <summary>Deliver every event twice, as Event Grid sometimes does.</summary>
    public bool Duplicates { get; init; }

    /// <summary>How long delivery is tried. Event Grid: 1 to 1440 minutes, 1440 by default.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromMinutes(1440);
}
