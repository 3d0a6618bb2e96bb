using Gatehouse.Functions.Hosting;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Auth;

/// <summary>Checks every field; never stops at the first. Local tokens are refused wherever anything says this is Azure or a cluster.</summary>
internal sealed class AuthOptionsValidator(IConfiguration configuration, IOptions<GatehouseOptions> product) : IValidateOptions<AuthOptions>
{
    /// <summary>Set by App Service and Functions, Container Apps and Kubernetes.</summary>
    public static readonly string[] HostingVariables = ["WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID", "CONTAINER_APP_NAME", "KUBERNETES_SERVICE_HOST"];

    public const string IdentityEndpoint = "IDENTITY_ENDPOINT";

    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        var failures = (options.LocalIssuer.Enabled ? LocalFailures(options) : IssuerFailures(options)).ToList();
        if (options.ClockSkew < TimeSpan.Zero || options.ClockSkew > AuthOptions.MaxClockSkew)
        {
            failures.Add($"Gatehouse:Auth:ClockSkew is {options.ClockSkew}; allowed are 00:00:00 to {AuthOptions.MaxClockSkew}.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> IssuerFailures(AuthOptions options)
    {
        if (!IsSecure(options.Issuer))
        {
            yield return $"Gatehouse:Auth:Issuer is '{options.Issuer}'; it must be the https URL of the token issuer.";
        }

        if (string.IsNullOrEmpty(options.Audience))
        {
            yield return "Gatehouse:Auth:Audience is empty; it must be the client id or URI tokens are issued for.";
        }

        if (options.MetadataUrl is not null && !IsSecure(options.MetadataUrl))
        {
            yield return $"Gatehouse:Auth:MetadataUrl is '{options.MetadataUrl}'; it must be an https URL, or loopback.";
        }

        if (string.IsNullOrEmpty(options.TenantId) && Uri.TryCreate(options.Issuer, UriKind.Absolute, out var issuer)
            && issuer.Host is "login.microsoftonline.com" or "sts.windows.net" or "login.microsoftonline.us" or "login.partner.microsoftonline.cn")
        {
            yield return "Gatehouse:Auth:TenantId is empty; with an Entra issuer it must be the tenant's id.";
        }
    }

    private IEnumerable<string> LocalFailures(AuthOptions options)
    {
        if (!product.Value.IsLocal)
        {
            yield return $"Gatehouse:Auth:LocalIssuer:Enabled is true; that is only allowed with Gatehouse:Environment=Local, which is '{product.Value.Environment}'.";
        }

        foreach (var variable in HostingVariables.Where(variable => !string.IsNullOrEmpty(configuration[variable])))
        {
            yield return $"Gatehouse:Auth:LocalIssuer:Enabled is true, but {variable} is set, so this is not one person's machine.";
        }

        if (configuration[IdentityEndpoint] is { Length: > 0 } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var url) && url.IsLoopback))
        {
            yield return $"Gatehouse:Auth:LocalIssuer:Enabled is true, but {IdentityEndpoint} names a managed identity that is not on loopback.";
        }

        if (string.IsNullOrEmpty(options.LocalIssuer.KeyPath))
        {
            yield return "Gatehouse:Auth:LocalIssuer:KeyPath is empty; it must be the path of the local issuer's key file.";
        }
    }

    /// <summary>https anywhere; http on this machine only.</summary>
    internal static bool IsSecure(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));
}
