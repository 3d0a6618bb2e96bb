using System.Net;
using Gatehouse.Core.Results;

namespace Gatehouse.Cli.Http;

/// <summary>The one address a token may go to: https, or http to this machine.</summary>
internal static class ApiAddress
{
    public static Result<Uri> Parse(string text)
    {
        // Never repeat an address with user info in it: that is a secret too.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            return Malformed("it is not an absolute http or https address");
        }

        if (url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
        {
            return Malformed("it holds a user, a query or a fragment; give scheme, host, port and path only");
        }

        return url.Scheme == "http" && !IsThisMachine(url)
            ? new Error(ErrorKind.Invalid, "url-insecure", $"'{text}' is plain http to another machine, where anyone on the way can read the token; use https.", "--url")
            : new Uri(url.AbsoluteUri.TrimEnd('/') + "/");
    }

    public static bool IsThisMachine(Uri url) =>
        url.IdnHost == "localhost" || (IPAddress.TryParse(url.IdnHost, out var address) && IPAddress.IsLoopback(address));

    private static Error Malformed(string why) =>
        new(ErrorKind.Invalid, "url-malformed", $"The address of Gatehouse cannot be used: {why}, e.g. https://gatehouse.contoso.com.", "--url");
}
