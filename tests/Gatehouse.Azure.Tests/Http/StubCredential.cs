using Azure.Core;
using Azure.Identity;

namespace Gatehouse.Azure.Tests.Http;

/// <summary>A credential with one token, or none; notes what it was asked for.</summary>
internal sealed class StubCredential(string? token = "entra-token") : TokenCredential
{
    public List<TokenRequestContext> Asked { get; } = [];

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        lock (Asked)
        {
            Asked.Add(requestContext);
        }

        return token is null ? throw new CredentialUnavailableException("no identity here") : new AccessToken(token, DateTimeOffset.MaxValue);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));
}
