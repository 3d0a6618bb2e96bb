using System.Text.RegularExpressions;

namespace Gatehouse.Emulator.Hosting;

/// <summary>The options do not make sense; every problem is named.</summary>
public sealed class EmulatorOptionsException : Exception
{
    public EmulatorOptionsException(string message)
        : base(message)
    {
    }

    public EmulatorOptionsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

internal sealed partial class EmulatorOptionsValidator(EmulatorOptions options)
{
    private static readonly string[] Actions = ["pull", "push", "delete", "metadata_read", "metadata_write"];

    private readonly List<string> _problems = [];

    /// <exception cref="EmulatorOptionsException">Lists all problems, not only the first.</exception>
    public static void Check(EmulatorOptions options)
    {
        var validator = new EmulatorOptionsValidator(options);
        validator.Run();
        if (validator._problems.Count > 0)
        {
            throw new EmulatorOptionsException(string.Join(Environment.NewLine, validator._problems));
        }
    }

    private void Run()
    {
        Require(!string.IsNullOrWhiteSpace(options.DataDirectory), "DataDirectory", options.DataDirectory, "a directory");
        Require(options.EventRetryScale is > 0 and <= 1, "EventRetryScale", options.EventRetryScale, "above 0 and at most 1");
        Require(options.BlobUrlLifetime > TimeSpan.Zero, "BlobUrlLifetime", options.BlobUrlLifetime, "a positive time");
        Require(options.ArmOperationTime >= TimeSpan.Zero, "ArmOperationTime", options.ArmOperationTime, "not negative");
        if (options.ArmLimits is { } limits)
        {
            Require(limits is { Reads: > 0, Writes: > 0, Deletes: > 0 }, "ArmLimits", $"{limits.Reads}, {limits.Writes}, {limits.Deletes}", "reads, writes and deletes above 0");
            Require(limits is { ReadsPerSecond: > 0, WritesPerSecond: > 0, DeletesPerSecond: > 0 }, "ArmLimits", $"{limits.ReadsPerSecond}, {limits.WritesPerSecond}, {limits.DeletesPerSecond}", "reads, writes and deletes a second above 0");
        }

        Require(Guid.TryParse(options.SubscriptionId, out _), "SubscriptionId", options.SubscriptionId, "a GUID");
        Port("ArmPort", options.ArmPort);
        Port("IdentityPort", options.IdentityPort);
        Port("DataPort", options.DataPort);
        Vault();
        Distinct("Registries", options.Registries.Select(registry => registry.Name.ToLowerInvariant()));
        for (var i = 0; i < options.Registries.Count; i++)
        {
            Registry($"Registries[{i}]", options.Registries[i]);
        }

        Distinct("Topics", options.Topics.Select(topic => topic.Name.ToLowerInvariant()));
        foreach (var topic in options.Topics)
        {
            Require(TopicName().IsMatch(topic.Name), "Topics.Name", topic.Name, "3 to 50 letters, digits and '-'");
            Port($"Topics.{topic.Name}.Port", topic.Port);
        }

        for (var i = 0; i < options.EventSubscriptions.Count; i++)
        {
            Subscription($"EventSubscriptions[{i}]", options.EventSubscriptions[i]);
        }
    }

    private void Vault()
    {
        Port("Vault.Port", options.Vault.Port);
        Distinct("Vault.Keys", options.Vault.Keys.Select(name => name.ToLowerInvariant()));
        foreach (var name in options.Vault.Keys)
        {
            Require(VaultKeyName().IsMatch(name), "Vault.Keys", name, "names of 1 to 127 letters, digits and '-'");
        }
    }

    private void Registry(string key, EmulatedRegistryOptions registry)
    {
        var acr = registry.Kind == RegistryKind.Acr;
        Require((acr ? AcrName() : PlainName()).IsMatch(registry.Name), key + ".Name", registry.Name, acr ? "5 to 50 letters and digits" : "1 to 50 letters, digits and '-'");
        Port(key + ".Port", registry.Port);
        Require(acr ? registry.Regions.Count > 0 : registry.Regions.Count == 0, key + ".Regions", registry.Regions.Count, acr ? "at least one region" : "none, for a plain registry has no regions");
        Require(registry.HomeRegion.Length == 0 || registry.Regions.Any(region => region.Name == registry.HomeRegion), key + ".HomeRegion", registry.HomeRegion, "one of its regions");
        Require(registry.Regions.FirstOrDefault(region => region.Name == registry.HomeRegion) is not { Provisioned: false } && registry.Regions is not [{ Provisioned: false }, ..], key + ".Regions.Provisioned", false, "true for the home region, and for the first");
        Require(acr || registry.AnonymousPull || registry.Credentials.Count > 0, key + ".AnonymousPull", registry.AnonymousPull, "true, or credentials, for a plain registry");
        Require(!acr || !registry.AnonymousPush, key + ".AnonymousPush", registry.AnonymousPush, "false for an ACR, which has no anonymous push");
        Distinct(key + ".Regions", registry.Regions.Select(region => region.Name));
        foreach (var region in registry.Regions)
        {
            var regionKey = $"{key}.Regions.{region.Name}";
            Require(RegionName().IsMatch(region.Name) && region.Name is not ("global" or "data" or "arm"), key + ".Regions.Name", region.Name, "an Azure region's short name");
            Port(regionKey + ".Port", region.Port);
            Require(region.ReplicationLag >= TimeSpan.Zero, regionKey + ".ReplicationLag", region.ReplicationLag, "not negative");
            Require(region.ReplicationJitter >= TimeSpan.Zero, regionKey + ".ReplicationJitter", region.ReplicationJitter, "not negative");
        }

        foreach (var credential in registry.Credentials)
        {
            Require(credential.Username.Length > 0 && !credential.Username.Contains(':', StringComparison.Ordinal), key + ".Credentials.Username", credential.Username, "a name without ':'");
            Require(credential.Password.Length > 0, key + ".Credentials.Password", "(hidden)", "not empty");
            Require(credential.Actions.All(Actions.Contains), key + ".Credentials.Actions", string.Join(", ", credential.Actions), string.Join(", ", Actions));
        }
    }

    private void Subscription(string key, EventSubscriptionOptions subscription)
    {
        if (subscription.Topic is { } topic)
        {
            Require(options.Topics.Any(one => one.Name == topic), key + ".Topic", topic, "the name of a topic of this emulator");
            Require(options.Topics.All(one => one.Name != topic || one.Schema == subscription.Schema), key + ".Schema", subscription.Schema, "the schema of its topic");
            Require(subscription.Registry.Length == 0, key + ".Registry", subscription.Registry, "none, for a topic is named");
        }
        else
        {
            Require(options.Registries.Any(registry => registry.Name == subscription.Registry), key + ".Registry", subscription.Registry, "the name of a registry of this emulator");
        }

        Require(subscription.Queue is null || subscription.Url is null, key + ".Queue", "(a queue and a web hook)", "either Url or Queue");
        Require(subscription.Queue is not null || subscription.Url is { IsAbsoluteUri: true, Scheme: "http" or "https" }, key + ".Url", subscription.Url is { IsAbsoluteUri: true } url ? url.GetLeftPart(UriPartial.Path) : "(none)", "an http or https URL");
        Require(subscription.TimeToLive > TimeSpan.Zero && subscription.TimeToLive <= TimeSpan.FromMinutes(1440), key + ".TimeToLive", subscription.TimeToLive, "above 0, at most 1440 minutes");
    }

    private void Port(string key, int port) => Require(port is >= 0 and <= 65535, key, port, "0 (any) to 65535");

    private void Distinct(string key, IEnumerable<string> names)
    {
        var all = names.ToList();
        Require(all.Distinct().Count() == all.Count, key, string.Join(", ", all), "names that differ");
    }

    private void Require(bool holds, string key, object value, string allowed)
    {
        if (!holds)
        {
            _problems.Add($"{key} is '{value}'; allowed: {allowed}.");
        }
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9]{5,50}\z", RegexOptions.None, 1000)]
    private static partial Regex AcrName();

    [GeneratedRegex(@"\A[a-zA-Z0-9-]{1,50}\z", RegexOptions.None, 1000)]
    private static partial Regex PlainName();

    [GeneratedRegex(@"\A[a-zA-Z0-9-]{3,50}\z", RegexOptions.None, 1000)]
    private static partial Regex TopicName();

    [GeneratedRegex(@"\A[a-zA-Z0-9-]{1,127}\z", RegexOptions.None, 1000)]
    private static partial Regex VaultKeyName();

    [GeneratedRegex(@"\A[a-z0-9]{1,50}\z", RegexOptions.None, 1000)]
    private static partial Regex RegionName();
}
