using Gatehouse.Emulator.Faults;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Identity;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Requests;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Arm;

/// <param name="Status">Of the answer.</param>
internal readonly record struct ArmRefusal(int Status, string Code, string Message);

/// <summary>What must hold for every call: who asks, how much was asked already, what may be asked, and the faults.</summary>
internal sealed class ArmGate(EmulatorOptions options, EntraTokens tokens, ArmLimits limits)
{
    public ArmRefusal? Refuse(HttpContext http, ArmPath? path, EmulatedRegistry? registry)
    {
        if (Authenticate(http, out var client) is { } stranger)
        {
            http.Response.Headers.WWWAuthenticate = $"Bearer authorization_uri=\"https://login.windows.net/{options.TenantId}\", error=\"invalid_token\", error_description=\"{stranger.Message}\"";
            return stranger;
        }

        if (limits.Refuses(http) is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString("0");
            return new(429, "SubscriptionRequestsThrottled", $"Number of requests for subscription '{options.SubscriptionId}' exceeded the limit; try again after {Math.Ceiling(wait.TotalSeconds)} seconds.");
        }

        return Address(http, path) ?? (registry is null ? null : ByFault(http, path!, registry, client));
    }

    private static bool Same(string? given, string expected) => given is null || string.Equals(given, expected, StringComparison.OrdinalIgnoreCase);

    private ArmRefusal? Authenticate(HttpContext http, out string client)
    {
        client = string.Empty;
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return new(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
        }

        if (tokens.Read(header["Bearer ".Length..].Trim(), EntraTokens.ArmAudience) is not { } claims)
        {
            return new(401, "InvalidAuthenticationToken", $"The access token is invalid, has expired, or is not for the audience '{EntraTokens.ArmAudience}'.");
        }

        client = claims.GetProperty("appid").GetString()!;
        return tokens.IsEnded(claims) ? new(401, "ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than current UTC time.") : null;
    }

    private ArmRefusal? Address(HttpContext http, ArmPath? path) =>
        http.Query("api-version") is not { Length: > 0 } ? new(400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.")
        : path is null ? new(404, "InvalidResourceType", $"There is no resource type at '{http.Request.Path}' here.")
        : !Same(path.Subscription, options.SubscriptionId) ? new(404, "SubscriptionNotFound", $"The subscription '{path.Subscription}' could not be found.")
        : !Same(path.Group, options.ResourceGroup) ? new(404, "ResourceGroupNotFound", $"Resource group '{path.Group}' could not be found.")
        : null;

    private static ArmRefusal? ByFault(HttpContext http, ArmPath path, EmulatedRegistry registry, string client)
    {
        var faults = registry.Faults;
        if (faults.ArmThrottle is { } left)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(left.TotalSeconds).ToString("0");
            return new(429, "TooManyRequests", "The request is being throttled; wait as long as Retry-After says.");
        }

        var (method, action) = (http.Request.Method, ArmActions.Of(path, http.Request.Method));
        if (faults.ArmDenied || faults.IsArmDenied(action))
        {
            return new(403, "AuthorizationFailed", $"The client '{client}' with object id '{client}' does not have authorization to perform action '{action}' over scope '{registry.ResourceId}' or the scope is invalid. If access was recently granted, please refresh your credentials.");
        }

        if (HttpMethods.IsGet(method))
        {
            return null;
        }

        if (faults.ArmLock == ArmLock.ReadOnly || (faults.ArmLock == ArmLock.CanNotDelete && HttpMethods.IsDelete(method)))
        {
            return new(409, "ScopeLocked", $"The scope '{registry.ResourceId}' cannot perform {(HttpMethods.IsDelete(method) ? "delete" : "write")} operation because following scope(s) are locked: '{registry.ResourceId}'. Please remove the lock and try again.");
        }

        // The control plane lives in the home region: without it nothing can be changed.
        return faults.ArmDown || registry.Home.Faults.Down
            ? new(503, "ServiceUnavailable", "The control plane of the registry cannot be reached; its home region is not available.")
            : null;
    }
}
