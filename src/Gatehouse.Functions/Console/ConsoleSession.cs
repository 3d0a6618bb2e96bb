namespace Gatehouse.Functions.Console;

/// <summary>Lets a browser carry an access token to the console's pages, and to nothing else.</summary>
internal static class ConsoleSession
{
    public const string Cookie = "gatehouse-console";

    public const string Root = "/console";

    public const string SignInPath = "/console/sign-in";

    public static bool Owns(HttpRequest request) => request.Path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase);

    public static CookieOptions Options(HttpRequest request) => new()
    {
        HttpOnly = true,

        // A browser on this machine may speak plain http; through the host it is always https.
        Secure = request.Host.Host is not ("localhost" or "127.0.0.1"),
        SameSite = SameSiteMode.Strict,
        Path = Root,
    };
}
