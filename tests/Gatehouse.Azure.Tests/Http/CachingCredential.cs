using System.Buffers.Text;
using System.Text;
using Azure.Core;
using Azure.Identity;

namespace Gatehouse.Azure.Tests.Http;

/// <summary>Gives the same token until it is asked with claims, as those do that keep a cache.</summary>
internal sealed class CachingCredential : TokenCredential
{
    private readonly Lock _gate = new();
    private int _number = 1;

    public bool TakesClaims { get; init; } = true;

    public TimeSpan? Life { get; init; }

    public List<string?> Claims { get; } = [];

    public static string Token(int number) => $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"iat":{{number * 1000}}}"""))}.s{number}";

    public static int Number(string authorization) => authorization[^1] - '0';

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Claims.Add(requestContext.Claims);
            if (requestContext.Claims is not null)
            {
                _number = TakesClaims ? _number + 1 : throw new AuthenticationFailedException("sign in again");
            }

            return new AccessToken(Token(_number), Life is { } life ? TimeProvider.System.GetUtcNow() + life : DateTimeOffset.MaxValue);
        }
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
}
