using Azure.Core;

namespace Gatehouse.Azure.Events;

/// <summary>
/// For a client that takes no policy in place of its sign-in: what this gives is overwritten by <see cref="Http.FreshTokenPolicy"/> nearer to the wire,
/// and never sent. The client's own would ask for the public cloud's scope, and keep a refused token.
/// </summary>
internal sealed class ReplacedCredential : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("replaced", DateTimeOffset.MaxValue);

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
}
