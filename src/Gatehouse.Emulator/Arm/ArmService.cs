using System.Text.Json;
using Gatehouse.Core.Time;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Identity;
using Gatehouse.Emulator.Imports;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Requests;
using Gatehouse.Emulator.Storage;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Arm;

/// <summary>Azure Resource Manager for the registries of one resource group. Source: Microsoft.ContainerRegistry 2025-11-01.</summary>
internal sealed class ArmService(
    EmulatorOptions options,
    IReadOnlyList<EmulatedRegistry> registries,
    EntraTokens tokens,
    ImportService imports,
    TimeProvider clock,
    IEntropy entropy,
    Func<string> dataHost,
    Func<string> armHost)
{
    private const int MaxBody = 256 * 1024;

    /// <summary>Seconds a poller is told to wait.</summary>
    private const string PollAfter = "1";

    public async Task HandleAsync(HttpContext http)
    {
        var id = entropy.Next();
        http.Response.Headers["x-ms-request-id"] = id;
        http.Response.Headers["x-ms-correlation-request-id"] = id;
        http.Response.Headers["x-ms-ratelimit-remaining-subscription-reads"] = "11999";
        var path = ArmPath.Parse(http.Request.Path.Value ?? "/");
        var operation = path is { Kind: RequestKind.ArmOperation, Child: { } child } ? Operation(child) : null;
        var name = path?.Name ?? operation?.Registry;
        var registry = name is null ? null : registries.FirstOrDefault(registry => string.Equals(registry.Name, name, StringComparison.OrdinalIgnoreCase) && registry.ResourceId is not null);
        registry?.Requests.Add("arm", http.Request.Method, path!.Kind);
        var refusal = Refuse(http, path, registry);
        if (refusal is { } error)
        {
            await ArmReply.ErrorAsync(http, error.Status, error.Code, error.Message);
            return;
        }

        await (registry is null ? WithoutRegistryAsync(http, path!) : AnswerAsync(http, path!, registry, operation));
    }

    private static bool Same(string? given, string expected) => given is null || string.Equals(given, expected, StringComparison.OrdinalIgnoreCase);

    private ImportOperation? Operation(string text) => text.StartsWith("registries-", StringComparison.Ordinal) ? imports.Find(text["registries-".Length..]) : null;

    /// <summary>Authentication, the faults, and what must hold for every call.</summary>
    private (int Status, string Code, string Message)? Refuse(HttpContext http, ArmPath? path, EmulatedRegistry? registry)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer authorization_uri=\"https://login.windows.net/\", error=\"invalid_token\", error_description=\"The authentication failed because of missing 'Authorization' header.\"";
            return (401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
        }

        if (tokens.Read(header["Bearer ".Length..].Trim(), EntraTokens.ArmAudience) is not { } claims)
        {
            return (401, "InvalidAuthenticationToken", $"The access token is invalid, has expired, or is not for the audience '{EntraTokens.ArmAudience}'.");
        }

        if (http.Query("api-version") is not { Length: > 0 })
        {
            return (400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.");
        }

        if (path is null)
        {
            return (404, "InvalidResourceType", $"There is no resource type at '{http.Request.Path}' here.");
        }

        if (!Same(path.Subscription, options.SubscriptionId))
        {
            return (404, "SubscriptionNotFound", $"The subscription '{path.Subscription}' could not be found.");
        }

        if (!Same(path.Group, options.ResourceGroup))
        {
            return (404, "ResourceGroupNotFound", $"Resource group '{path.Group}' could not be found.");
        }

        return registry is null ? null : RefuseByFault(http, registry, claims.GetProperty("appid").GetString()!);
    }

    private static (int Status, string Code, string Message)? RefuseByFault(HttpContext http, EmulatedRegistry registry, string client)
    {
        if (registry.Faults.ArmThrottle is { } left)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(left.TotalSeconds).ToString("0");
            return (429, "TooManyRequests", "The request is being throttled; wait as long as Retry-After says.");
        }

        if (registry.Faults.ArmDenied)
        {
            return (403, "AuthorizationFailed", $"The client '{client}' with object id '{client}' does not have authorization to perform action 'Microsoft.ContainerRegistry/registries/{http.Request.Path.Value!.Split('/')[^1]}/action' over scope '{registry.ResourceId}' or the scope is invalid.");
        }

        // The control plane lives in the home region: without it nothing can be changed.
        return !HttpMethods.IsGet(http.Request.Method) && (registry.Faults.ArmDown || registry.Home.Faults.Down)
            ? (503, "ServiceUnavailable", "The control plane of the registry cannot be reached; its home region is not available.")
            : null;
    }

    private Task WithoutRegistryAsync(HttpContext http, ArmPath path) => path switch
    {
        { Kind: RequestKind.ArmOperation } => ArmReply.ErrorAsync(http, 404, "OperationNotFound", $"There is no operation '{path.Child}'."),
        { Name: { } name } => ArmReply.ErrorAsync(http, 404, "ResourceNotFound", $"The Resource 'Microsoft.ContainerRegistry/registries/{name}' under resource group '{path.Group}' was not found."),
        _ when HttpMethods.IsGet(http.Request.Method) => Reply.JsonAsync(http, 200, writer => ArmJson.List(writer, () =>
        {
            foreach (var registry in registries.Where(registry => registry.ResourceId is not null))
            {
                ArmJson.Registry(writer, registry, clock.GetUtcNow(), dataHost(), IsPreview(http));
            }
        })),
        _ => NotAllowedAsync(http),
    };

    private static bool IsPreview(HttpContext http) => http.Query("api-version")!.EndsWith("-preview", StringComparison.Ordinal);

    private Task AnswerAsync(HttpContext http, ArmPath path, EmulatedRegistry registry, ImportOperation? operation) => (path.Kind, http.Request.Method) switch
    {
        (RequestKind.ArmRegistry, "GET") => Reply.JsonAsync(http, 200, writer => ArmJson.Registry(writer, registry, clock.GetUtcNow(), dataHost(), IsPreview(http))),
        (RequestKind.ArmUsages, "GET") => Reply.JsonAsync(http, 200, writer => ArmJson.Usages(writer, registry)),
        (RequestKind.ArmReplications, "GET" or "PATCH") => ReplicationsAsync(http, path, registry),
        (RequestKind.ArmImport, "POST") => ImportAsync(http, registry),
        (RequestKind.ArmOperation, "GET") => PollAsync(http, operation!),
        _ => NotAllowedAsync(http),
    };

    private async Task ReplicationsAsync(HttpContext http, ArmPath path, EmulatedRegistry registry)
    {
        if (path.Child is null)
        {
            await (HttpMethods.IsGet(http.Request.Method)
                ? Reply.JsonAsync(http, 200, writer => ArmJson.List(writer, () => registry.Replicas.ToList().ForEach(replica => ArmJson.Replication(writer, registry, replica, clock.GetUtcNow()))))
                : NotAllowedAsync(http));
            return;
        }

        if (registry.Replicas.FirstOrDefault(replica => string.Equals(replica.Region, path.Child, StringComparison.OrdinalIgnoreCase)) is not { } replica)
        {
            await ArmReply.ErrorAsync(http, 404, "ResourceNotFound", $"The Resource 'Microsoft.ContainerRegistry/registries/{registry.Name}/replications/{path.Child}' was not found.");
            return;
        }

        if (HttpMethods.IsPatch(http.Request.Method))
        {
            if (await BodyReader.ReadAsync(http, MaxBody, http.RequestAborted) is not { } body || !TryReadRouting(body, out var enabled))
            {
                await ArmReply.ErrorAsync(http, 400, "InvalidRequest", "The body must be {\"properties\":{\"regionEndpointEnabled\":true|false}}.");
                return;
            }

            if (enabled is { } value)
            {
                registry.Store.SetRouting(replica, value);
            }
        }

        await Reply.JsonAsync(http, 200, writer => ArmJson.Replication(writer, registry, replica, clock.GetUtcNow()));
    }

    private static bool TryReadRouting(byte[] body, out bool? enabled)
    {
        enabled = null;
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.TryGetProperty("properties", out var properties) && properties.TryGetProperty("regionEndpointEnabled", out var value))
            {
                enabled = value.GetBoolean();
            }

            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private async Task ImportAsync(HttpContext http, EmulatedRegistry registry)
    {
        if (await BodyReader.ReadAsync(http, MaxBody, http.RequestAborted) is not { } body)
        {
            await ArmReply.ErrorAsync(http, 413, "RequestContentTooLarge", $"The body exceeds {MaxBody} bytes.");
            return;
        }

        if (!ImportOrder.Parse(body).TryGet(out var order, out var invalid))
        {
            await ArmReply.ErrorAsync(http, 400, invalid.Code, invalid.Message, invalid.Field);
            return;
        }

        if (ImportService.Conflict(registry, order) is { } conflict)
        {
            await ArmReply.ErrorAsync(http, 409, "Conflict", $"Tag {conflict.Repository}:{conflict.Tag} already exists in target registry.");
            return;
        }

        var origin = new RequestOrigin(entropy.Next(), registry.LoginServer, "PUT", "AzureContainerRegistry/import");
        var operation = imports.Start(registry, order, origin);
        http.Response.Headers.Location = $"https://{armHost()}/subscriptions/{options.SubscriptionId}/resourceGroups/{options.ResourceGroup}"
            + $"/providers/Microsoft.ContainerRegistry/locations/{registry.HomeRegion}/operationResults/operationStatuses/registries-{operation.Id}?api-version={Uri.EscapeDataString(http.Query("api-version")!)}";
        http.Response.Headers.RetryAfter = PollAfter;
        await Reply.EmptyAsync(http, 202);
    }

    private static Task PollAsync(HttpContext http, ImportOperation operation)
    {
        switch (operation.Status)
        {
            case ImportStatus.Succeeded:
                return Reply.EmptyAsync(http, 200);
            case ImportStatus.Failed:
                return ArmReply.ErrorAsync(http, operation.HttpStatus, operation.Code!, operation.Message!);
            default:
                http.Response.Headers.Location = $"https://{http.Request.Host}{http.Request.Path}{http.Request.QueryString}";
                http.Response.Headers.RetryAfter = PollAfter;
                return Reply.EmptyAsync(http, 202);
        }
    }

    private static Task NotAllowedAsync(HttpContext http) =>
        ArmReply.ErrorAsync(http, 405, "MethodNotAllowed", $"{http.Request.Method} is not allowed here.");
}
