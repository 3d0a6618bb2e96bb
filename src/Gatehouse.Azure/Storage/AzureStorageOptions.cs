namespace Gatehouse.Azure.Storage;

/// <summary>Where records and queues are; bound from <c>Gatehouse:Azure:Storage</c>. Either both endpoints, or a connection string.</summary>
public sealed class AzureStorageOptions
{
    public const string Section = "Gatehouse:Azure:Storage";

    /// <summary>Of the account's Table service, e.g. <c>https://account.table.core.windows.net</c>; we sign in with Entra.</summary>
    public string? TableEndpoint { get; set; }

    /// <summary>Of the account's Queue service, e.g. <c>https://account.queue.core.windows.net</c>; we sign in with Entra.</summary>
    public string? QueueEndpoint { get; set; }

    /// <summary>For Azurite on loopback only; <c>UseDevelopmentStorage=true</c> names its default account and ports.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The Entra scope of tokens for storage, one for all accounts; null for the cloud's own, which is <c>https://storage.azure.com/.default</c> in each.</summary>
    public string? Scope { get; set; }

    /// <summary>What the names of tables and queues start with, so that several estates can share one account: 3 to 24 lower-case letters and digits, a letter first. The default is nothing; in Azure it must be, for the Functions host listens to <c>intake-work</c>.</summary>
    public string Namespace { get; set; } = string.Empty;
}
