using System.Text.RegularExpressions;
using Gatehouse.Registry.Http;
using Microsoft.Extensions.Options;

namespace Gatehouse.Registry.Options;

/// <summary>Reports every wrong key at once, each with the values it may take.</summary>
internal sealed partial class RegistryOptionsValidator : IValidateOptions<RegistryOptions>
{
    public ValidateOptionsResult Validate(string? name, RegistryOptions options)
    {
        var errors = new List<string>();
        Require(errors, nameof(options.UserAgent), options.UserAgent, IsUserAgent(options.UserAgent), "1 to 200 visible ASCII characters");
        Within(errors, nameof(options.RequestTimeout), options.RequestTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Within(errors, nameof(options.ConnectTimeout), options.ConnectTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2));
        Within(errors, nameof(options.BlobIdleTimeout), options.BlobIdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Within(errors, nameof(options.MaxManifestBytes), options.MaxManifestBytes, 1024, 64 * 1024 * 1024);
        Within(errors, nameof(options.MaxPages), options.MaxPages, 1, 100_000);
        Within(errors, nameof(options.MaxPageBytes), options.MaxPageBytes, 1024, 64 * 1024 * 1024);
        Within(errors, nameof(options.MaxListingBytes), options.MaxListingBytes, 1024, 1024L * 1024 * 1024);
        Within(errors, nameof(options.MaxBlobBytes), options.MaxBlobBytes, 1024 * 1024, long.MaxValue);
        Within(errors, nameof(options.MaxRedirects), options.MaxRedirects, 0, 20);
        Within(errors, nameof(options.MaxRetries), options.MaxRetries, 0, 10);
        Within(errors, nameof(options.RetryDelay), options.RetryDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Within(errors, nameof(options.MaxRetryDelay), options.MaxRetryDelay, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Within(errors, nameof(options.RetryBudgetRatio), options.RetryBudgetRatio, 0, 1);
        Within(errors, nameof(options.RetryBudgetBurst), options.RetryBudgetBurst, 0, 1_000);
        Within(errors, nameof(options.MaxBlobResumes), options.MaxBlobResumes, 0, 100);
        Within(errors, nameof(options.UploadChunkBytes), options.UploadChunkBytes, 64 * 1024, 128 * 1024 * 1024);
        Within(errors, nameof(options.MaxConnectionsPerHost), options.MaxConnectionsPerHost, 1, 10_000);
        foreach (var (host, upstream) in options.Upstreams)
        {
            CheckUpstream(errors, host, upstream);
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void CheckUpstream(List<string> errors, string host, UpstreamOptions upstream)
    {
        var key = $"Upstreams:{host}";
        host = upstream.Host ?? host;
        Require(errors, upstream.Host is null ? key : key + ":Host", host, RegistryAddress.TryParse(host, out _), "a registry host with optional port, e.g. docker.io or registry.example.com:5000");
        if (upstream.Anonymous && (upstream.Username is not null || upstream.Password is not null))
        {
            errors.Add($"{RegistryOptions.Section}:{key}:Anonymous is true beside a Username or Password; give either credentials or Anonymous.");
        }

        if (string.IsNullOrEmpty(upstream.Username) != string.IsNullOrEmpty(upstream.Password))
        {
            errors.Add($"{RegistryOptions.Section}:{key} has only one of Username and Password; give both or neither.");
        }

        Require(errors, $"{key}:Username", upstream.Username, upstream.Username?.Contains(':', StringComparison.Ordinal) != true, "a name without ':'");
        CheckImport(errors, key, upstream);
        foreach (var realm in upstream.AllowedRealms)
        {
            var allowed = Uri.TryCreate(realm, UriKind.Absolute, out var uri)
                && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && AddressRules.IsLoopbackHost(uri.Host)))
                && uri.UserInfo.Length == 0 && uri.Query.Length == 0;
            Require(errors, $"{key}:AllowedRealms", realm, allowed, "absolute https URLs without user and query, e.g. https://auth.example.com/token");
        }

        foreach (var pattern in upstream.PrivateHosts)
        {
            var bare = pattern.StartsWith("*.", StringComparison.Ordinal) ? pattern[2..] : pattern;
            Require(errors, $"{key}:PrivateHosts", pattern, Uri.CheckHostName(bare) != UriHostNameType.Unknown, "host names, or *.<domain>");
        }
    }

    /// <summary>An import names its source in one way, and takes one set of credentials.</summary>
    private static void CheckImport(List<string> errors, string key, UpstreamOptions upstream)
    {
        if (upstream.ResourceId is { } id)
        {
            Require(errors, $"{key}:ResourceId", id, RegistryId().IsMatch(id), "the ARM id of a registry, /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ContainerRegistry/registries/<name>");
        }

        if (upstream.ResourceId is not null && !string.IsNullOrEmpty(upstream.ImportPassword))
        {
            errors.Add($"{RegistryOptions.Section}:{key} has both ResourceId and ImportPassword; give ResourceId for a registry of our own tenant, ImportPassword for any other.");
        }

        if (upstream.Anonymous && !string.IsNullOrEmpty(upstream.ImportPassword))
        {
            errors.Add($"{RegistryOptions.Section}:{key}:Anonymous is true beside an ImportPassword; give either credentials or Anonymous.");
        }
    }

    private static bool IsUserAgent(string? text) =>
        text is { Length: > 0 and <= 200 } && text.All(c => c is >= ' ' and <= '~');

    private static void Within<T>(List<string> errors, string key, T value, T low, T high)
        where T : IComparable<T> =>
        Require(errors, key, value, value.CompareTo(low) >= 0 && value.CompareTo(high) <= 0, $"{low} to {high}");

    private static void Require<T>(List<string> errors, string key, T value, bool holds, string allowed)
    {
        if (!holds)
        {
            errors.Add($"{RegistryOptions.Section}:{key} is '{value}'; allowed: {allowed}.");
        }
    }

    [GeneratedRegex(@"\A/subscriptions/[^/\s]{1,64}/resourceGroups/[^/\s]{1,90}/providers/Microsoft\.ContainerRegistry/registries/[A-Za-z0-9-]{1,114}\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex RegistryId();
}
