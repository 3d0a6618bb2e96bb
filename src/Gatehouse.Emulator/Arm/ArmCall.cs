using System.Text.Json;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Requests;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Arm;

/// <summary>One request about one registry, past all gates.</summary>
internal sealed record ArmCall(HttpContext Http, ArmPath Path, EmulatedRegistry Registry, EmulatorOptions Options, string ArmHost)
{
    private const int MaxBody = 256 * 1024;

    /// <summary>Seconds a poller is told to wait.</summary>
    private const string PollAfter = "1";

    public string Method => Http.Request.Method;

    public ArmStore Arm => Registry.Arm;

    public string ApiVersion => Http.Query("api-version")!;

    public bool IsPreview => ApiVersion.EndsWith("-preview", StringComparison.Ordinal);

    private string Provider => $"/subscriptions/{Options.SubscriptionId}/resourceGroups/{Options.ResourceGroup}/providers/Microsoft.ContainerRegistry";

    public Task RefuseAsync(int status, string code, string message) => ArmReply.ErrorAsync(Http, status, code, message);

    public Task InvalidAsync(string message) => RefuseAsync(400, "InvalidRequest", message);

    public Task NotAllowedAsync() => RefuseAsync(405, "MethodNotAllowed", $"{Method} is not allowed here.");

    public Task NotFoundAsync(string type) =>
        RefuseAsync(404, "ResourceNotFound", $"The Resource 'Microsoft.ContainerRegistry/registries/{Registry.Name}/{type}/{Path.Child}' was not found.");

    public Task BusyAsync() => RefuseAsync(409, "AnotherOperationInProgress", "Another operation is in progress on the resource; try again later.");

    public Task JsonAsync(int status, Action<Utf8JsonWriter> body) => Reply.JsonAsync(Http, status, body);

    /// <summary>The body's object; null when it has been refused already.</summary>
    public async Task<JsonElement?> ReadObjectAsync()
    {
        if (await BodyReader.ReadAsync(Http, MaxBody, Http.RequestAborted) is not { } body)
        {
            await RefuseAsync(413, "RequestContentTooLarge", $"The body exceeds {MaxBody} bytes.");
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document.RootElement.Clone();
            }
        }
        catch (JsonException)
        {
            // Refused below like every other document that is no object.
        }

        await RefuseAsync(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.");
        return null;
    }

    /// <summary>How ARM answers a change that takes time: 201, and a status to poll. One that takes none is answered as made.</summary>
    public Task ChangedAsync(ArmOperation operation, bool created, Action<Utf8JsonWriter> body)
    {
        if (Options.ArmOperationTime == TimeSpan.Zero)
        {
            return JsonAsync(created ? 201 : 200, body);
        }

        Http.Response.Headers["Azure-AsyncOperation"] = $"https://{ArmHost}{Registry.ResourceId}/operationStatuses/registries-{operation.Id}?api-version={Uri.EscapeDataString(ApiVersion)}";
        Http.Response.Headers.RetryAfter = PollAfter;
        return JsonAsync(201, body);
    }

    /// <summary>How ARM answers a deletion: 202, and a location to poll. One that takes no time is answered as made.</summary>
    public Task DeletedAsync(ArmOperation operation)
    {
        if (Options.ArmOperationTime == TimeSpan.Zero)
        {
            return Reply.EmptyAsync(Http, 200);
        }

        return AcceptedAsync(operation.Id);
    }

    public Task AcceptedAsync(string operationId)
    {
        Http.Response.Headers.Location = $"https://{ArmHost}{Provider}/locations/{Registry.HomeRegion}/operationResults/operationStatuses/registries-{operationId}?api-version={Uri.EscapeDataString(ApiVersion)}";
        Http.Response.Headers.RetryAfter = PollAfter;
        return Reply.EmptyAsync(Http, 202);
    }

    /// <summary>Still running: the same location again.</summary>
    public Task RunningAsync()
    {
        Http.Response.Headers.Location = $"https://{Http.Request.Host}{Http.Request.Path}{Http.Request.QueryString}";
        Http.Response.Headers.RetryAfter = PollAfter;
        return Reply.EmptyAsync(Http, 202);
    }

    /// <summary>Still running: the status document.</summary>
    public Task StatusAsync(ArmOperation operation, bool running)
    {
        if (running)
        {
            Http.Response.Headers.RetryAfter = PollAfter;
        }

        return JsonAsync(200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("id", $"{Registry.ResourceId}/operationStatuses/registries-{operation.Id}");
            writer.WriteString("name", $"registries-{operation.Id}");
            writer.WriteString("status", running ? "InProgress" : operation.Code is null ? "Succeeded" : "Failed");
            if (!running && operation.Code is { } code)
            {
                writer.WriteStartObject("error");
                writer.WriteString("code", code);
                writer.WriteString("message", operation.Message);
                writer.WriteNull("target");
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        });
    }
}

/// <summary>Reads what clients send: a value of another kind is as good as none.</summary>
internal static class ArmBody
{
    public static JsonElement? Object(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    public static string? Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>False when it is there and no boolean.</summary>
    public static bool TryFlag(this JsonElement element, string name, out bool? flag)
    {
        flag = element.TryGetProperty(name, out var value) ? value.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null } : null;
        return flag is not null || value.ValueKind == JsonValueKind.Undefined;
    }
}
