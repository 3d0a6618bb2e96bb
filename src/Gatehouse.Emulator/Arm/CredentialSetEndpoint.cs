using System.Text.Json;
using Gatehouse.Core.Time;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Storage;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Arm;

/// <summary>Credential sets are kept and checked; no secret is ever read. Source: Microsoft.ContainerRegistry, CredentialSets.</summary>
internal static class CredentialSetEndpoint
{
    public const string Type = "credentialSets";

    private const string Credential = "Credential1";

    public static string Id(EmulatedRegistry registry, ArmRecord set) => $"{registry.ResourceId}/{Type}/{set.Name}";

    public static Task HandleAsync(ArmCall call, IEntropy entropy) => (call.Method, call.Path.Child) switch
    {
        ("GET", null) => call.JsonAsync(200, writer => ArmJson.List(writer, () => call.Arm.List(Type).ToList().ForEach(set => Write(writer, call, set)))),
        ("GET", { } name) => call.Arm.Find(Type, name) is { } set ? call.JsonAsync(200, writer => Write(writer, call, set)) : call.NotFoundAsync(Type),
        ("PUT" or "PATCH", { } name) => CacheRuleEndpoint.Name().IsMatch(name)
            ? ChangeAsync(call, name, entropy)
            : call.InvalidAsync($"The credential set's name is '{name}'; allowed: 5 to 50 letters, digits and '-'."),
        ("DELETE", { } name) => DeleteAsync(call, name),
        _ => call.NotAllowedAsync(),
    };

    private static async Task ChangeAsync(ArmCall call, string name, IEntropy entropy)
    {
        if (await call.ReadObjectAsync() is not { } body)
        {
            return;
        }

        var existing = call.Arm.Find(Type, name);
        if (existing is null && HttpMethods.IsPatch(call.Method))
        {
            await call.NotFoundAsync(Type);
            return;
        }

        if (existing?.IsBusy(call.Arm.Now) is true)
        {
            await call.BusyAsync();
            return;
        }

        var properties = body.Object("properties");
        var login = properties?.Text("loginServer") ?? (HttpMethods.IsPatch(call.Method) ? existing!.Value("login") : null);
        if (login is null || (existing is not null && existing.Value("login") != login))
        {
            await call.InvalidAsync($"'loginServer' is '{login}'; allowed: the upstream's host, the same for as long as the set is there.");
            return;
        }

        if (properties is not { } given || !given.TryGetProperty("authCredentials", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != 1 || !IsCredential(list[0]))
        {
            await call.InvalidAsync($"'authCredentials' must be one credential named {Credential} with 'usernameSecretIdentifier' and 'passwordSecretIdentifier', https URLs of a key vault's secrets.");
            return;
        }

        var values = new Dictionary<string, string?>
        {
            ["login"] = login,
            ["username"] = list[0].Text("usernameSecretIdentifier"),
            ["password"] = list[0].Text("passwordSecretIdentifier"),
            ["principal"] = existing?.Value("principal") ?? entropy.Next(),
            ["created"] = existing?.Value("created") ?? call.Arm.Now.ToString("O"),
        };
        var operation = call.Arm.Change(Type, name, existing is null ? ArmAct.Creating : ArmAct.Updating, call.Options.ArmOperationTime, values);
        await call.ChangedAsync(operation, existing is null, writer => Write(writer, call, call.Arm.Find(Type, name)!));
    }

    private static bool IsCredential(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && item.Text("name") == Credential && IsSecret(item.Text("usernameSecretIdentifier")) && IsSecret(item.Text("passwordSecretIdentifier"));

    private static bool IsSecret(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.AbsolutePath.StartsWith("/secrets/", StringComparison.Ordinal);

    private static Task DeleteAsync(ArmCall call, string name)
    {
        if (call.Arm.Find(Type, name) is not { } set)
        {
            call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        if (call.Arm.List(CacheRuleEndpoint.Type).FirstOrDefault(rule => string.Equals(rule.Value("credentials"), Id(call.Registry, set), StringComparison.OrdinalIgnoreCase)) is { } rule)
        {
            return call.RefuseAsync(409, "Conflict", $"The credential set is used by the cache rule '{rule.Name}'.");
        }

        return set.IsBusy(call.Arm.Now) ? call.BusyAsync() : call.DeletedAsync(call.Arm.Change(Type, set.Name, ArmAct.Deleting, call.Options.ArmOperationTime, set.Values));
    }

    private static void Write(Utf8JsonWriter writer, ArmCall call, ArmRecord set) => ArmJson.Child(
        writer,
        call.Registry,
        set,
        call.Arm.Now,
        () =>
        {
            writer.WriteString("loginServer", set.Value("login"));
            writer.WriteStartArray("authCredentials");
            writer.WriteStartObject();
            writer.WriteString("name", Credential);
            writer.WriteString("usernameSecretIdentifier", set.Value("username"));
            writer.WriteString("passwordSecretIdentifier", set.Value("password"));
            writer.WriteStartObject("credentialHealth");
            writer.WriteString("status", "Healthy");
            writer.WriteNull("errorCode");
            writer.WriteNull("errorMessage");
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteString("creationDate", set.Value("created"));
        },
        () =>
        {
            writer.WriteStartObject("identity");
            writer.WriteString("type", "SystemAssigned");
            writer.WriteString("principalId", set.Value("principal"));
            writer.WriteString("tenantId", call.Options.TenantId);
            writer.WriteEndObject();
        });
}
