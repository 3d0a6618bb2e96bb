using System.Globalization;

namespace Gatehouse.Azure.Tokens;

internal static class FresherToken
{
    /// <summary>
    /// Claims that ask for a token not valid before the refused one was issued. Claims are what makes caches be passed by; these are what a revoked
    /// token is answered with, and they go by the issuer's clock as far as the token tells it.
    /// </summary>
    /// <param name="refused">The token that the service did not take; null when it is not known.</param>
    public static string Claims(string? refused, TimeProvider clock)
    {
        var issued = (refused is null ? null : JwtExpiry.ReadIssued(refused)) ?? clock.GetUtcNow();
        var after = (issued.ToUnixTimeSeconds() + 1).ToString(CultureInfo.InvariantCulture);
        return """{"access_token":{"nbf":{"essential":true,"value":"@"}}}""".Replace("@", after, StringComparison.Ordinal);
    }
}
