using System.Text.RegularExpressions;
using Gatehouse.Azure.Http;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Options;

/// <summary>Says everything that is wrong, each with its key and what is allowed.</summary>
internal sealed partial class AzureOptionsValidator : IValidateOptions<AzureOptions>
{
    public ValidateOptionsResult Validate(string? name, AzureOptions options)
    {
        var problems = new List<string>();
        Require(problems, nameof(options.Cloud), options.Cloud, AzureCloud.Find(options.Cloud) is not null, string.Join(", ", AzureCloud.All.Select(cloud => cloud.Name)));
        Unless(problems, nameof(options.ArmEndpoint), options.ArmEndpoint, IsEndpoint, "an https URL of host and port only");
        Unless(problems, nameof(options.AuthorityHost), options.AuthorityHost, IsEndpoint, "an https URL of host and port only");
        Unless(problems, nameof(options.ArmScope), options.ArmScope, IsScope, "an Entra scope that ends in '/.default'");
        Unless(problems, nameof(options.AcrScope), options.AcrScope, IsScope, "an Entra scope that ends in '/.default'");
        Require(problems, nameof(options.ArmApiVersion), options.ArmApiVersion, ApiVersion().IsMatch(options.ArmApiVersion), "yyyy-MM-dd or yyyy-MM-dd-preview");
        Require(problems, nameof(options.ArmPreviewApiVersion), options.ArmPreviewApiVersion, ApiVersion().IsMatch(options.ArmPreviewApiVersion), "yyyy-MM-dd or yyyy-MM-dd-preview");
        Require(problems, nameof(options.Credential), options.Credential, options.CredentialKind is not null, string.Join(", ", Enum.GetNames<AzureCredentialKind>()));
        Unless(problems, nameof(options.TenantId), options.TenantId, Tenant().IsMatch, "a tenant's id or domain name");
        Within(problems, nameof(options.MaxConcurrentImports), options.MaxConcurrentImports, 1, 64);
        Within(problems, nameof(options.ImportLease), options.ImportLease, TimeSpan.FromSeconds(10), TimeSpan.FromHours(12));
        Within(problems, nameof(options.ImportBusyDelay), options.ImportBusyDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10));
        Within(problems, nameof(options.MaxConcurrentCalls), options.MaxConcurrentCalls, 1, 256);
        Within(problems, nameof(options.MaxRetries), options.MaxRetries, 0, 10);
        Within(problems, nameof(options.RequestTimeout), options.RequestTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Within(problems, nameof(options.RetryDelay), options.RetryDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Within(problems, nameof(options.MaxRetryDelay), options.MaxRetryDelay, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        CheckIdentity(problems, options);
        CheckCertificate(problems, options);
        foreach (var (registry, signIn) in options.Registries)
        {
            CheckSignIn(problems, $"{nameof(options.Registries)}:{registry}", signIn);
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckIdentity(List<string> problems, AzureOptions options)
    {
        var id = options.ManagedIdentityClientId;
        Require(problems, nameof(options.ManagedIdentityClientId), id, id is null || Guid.TryParse(id, out _), "the client id (a GUID) of a user-assigned identity");
        if (id is not null && options.CredentialKind is not (null or AzureCredentialKind.ManagedIdentity))
        {
            problems.Add($"{AzureOptions.Section}:ManagedIdentityClientId is set, but {AzureOptions.Section}:Credential is {options.Credential}; write ManagedIdentity or leave the id out.");
        }
    }

    /// <summary>Passwords are asked for by name and never repeated.</summary>
    private static void CheckSignIn(List<string> problems, string key, RegistrySignInOptions options)
    {
        Require(problems, $"{key}:{nameof(options.SignIn)}", options.SignIn, options.Kind is not null, string.Join(", ", Enum.GetNames<RegistrySignInKind>()));
        var wanted = options.Kind == RegistrySignInKind.Token;
        if (options.Kind is not null && (string.IsNullOrEmpty(options.Username) == wanted || string.IsNullOrEmpty(options.Password) == wanted))
        {
            problems.Add(wanted
                ? $"{AzureOptions.Section}:{key} has SignIn {options.SignIn}; write both Username and Password."
                : $"{AzureOptions.Section}:{key} has SignIn {options.SignIn}; leave Username and Password out, or write SignIn Token.");
        }
    }

    private static void CheckCertificate(List<string> problems, AzureOptions options)
    {
        if (options.TrustedCertificatePath is not { } path)
        {
            return;
        }

        Require(problems, nameof(options.TrustedCertificatePath), path, TrustedCertificate.TryLoad(path) is not null, "a readable PEM file with exactly one certificate");
        if ((options.ArmEndpoint is null || IsEndpoint(options.ArmEndpoint)) && !Loopback.IsHost(options.ArmUri.Host))
        {
            problems.Add($"{AzureOptions.Section}:TrustedCertificatePath is set, but {AzureOptions.Section}:ArmEndpoint is {options.ArmUri}; a certificate can be trusted on loopback only.");
        }
    }

    private static bool IsEndpoint(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttps
        && uri is { UserInfo: "", PathAndQuery: "/", Fragment: "" };

    private static bool IsScope(string text) => Uri.TryCreate(text, UriKind.Absolute, out _) && text.EndsWith("/.default", StringComparison.Ordinal);

    /// <summary>Null is always allowed.</summary>
    private static void Unless(List<string> problems, string key, string? value, Func<string, bool> holds, string allowed) =>
        Require(problems, key, value, value is null || holds(value), allowed);

    private static void Within<T>(List<string> problems, string key, T value, T low, T high)
        where T : IComparable<T> =>
        Require(problems, key, value, value.CompareTo(low) >= 0 && value.CompareTo(high) <= 0, $"{low} to {high}");

    private static void Require<T>(List<string> problems, string key, T value, bool holds, string allowed)
    {
        if (!holds)
        {
            problems.Add($"{AzureOptions.Section}:{key} is '{value}'; allowed: {allowed}.");
        }
    }

    [GeneratedRegex(@"\A\d{4}-\d{2}-\d{2}(?:-preview)?\z", RegexOptions.None, 1000)]
    private static partial Regex ApiVersion();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9.-]{0,252}\z", RegexOptions.None, 1000)]
    private static partial Regex Tenant();
}
