using Azure.Core;

namespace Gatehouse.Azure.Events;

/// <summary>Asks for tokens of one scope, whatever the client wants: Event Grid's client knows the public cloud's only.</summary>
internal sealed class ScopedCredential(TokenCredential inner, string scope) : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        inner.GetToken(Scoped(requestContext), cancellationToken);

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        inner.GetTokenAsync(Scoped(requestContext), cancellationToken);

    private TokenRequestContext Scoped(TokenRequestContext context) =>
        new([scope], context.ParentRequestId, context.Claims, context.TenantId, context.IsCaeEnabled);
}
