using System.Text;
using Gatehouse.Azure.Options;
using Gatehouse.Registry.Client;

namespace Gatehouse.Azure.Tokens;

/// <summary>Signs in without Entra: with a repository-scoped token, or as nobody. Source: Azure/acr docs/Token-BasicAuth.md, distribution token specification.</summary>
internal sealed class TokenSignIn(TokenService service)
{
    /// <summary>The whole value of <c>Authorization</c>; null for nobody.</summary>
    public static string? Basic(RegistrySignInOptions options) => options.Kind == RegistrySignInKind.Token
        ? "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Username}:{options.Password}"))
        : null;

    public Task<RegistryResult<string>> BuyAsync(Uri realm, string registryService, string? scope, RegistrySignInOptions options, CancellationToken cancellationToken)
    {
        var query = new StringBuilder("service=").Append(Uri.EscapeDataString(registryService));
        foreach (var one in scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            query.Append("&scope=").Append(Uri.EscapeDataString(one));
        }

        return service.AskAsync(new UriBuilder(realm) { Query = query.ToString(), Fragment = string.Empty }.Uri, Basic(options), cancellationToken);
    }
}
