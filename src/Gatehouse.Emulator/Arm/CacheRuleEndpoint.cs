using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Arm;

/// <summary>Cache rules are kept and checked; nothing is pulled through. Source: Microsoft.ContainerRegistry, CacheRules; ACR, "Artifact cache".</summary>
internal static partial class CacheRuleEndpoint
{
    public const string Type = "cacheRules";

    private const int MaxRules = 1000;

    /// <summary>Upstreams that ACR reads with credentials only.</summary>
    private static readonly string[] Authenticated = ["docker.io", "dhi.io", "registry.redhat.io", ".azurecr.io", ".pkg.dev"];

    public static Task HandleAsync(ArmCall call) => (call.Method, call.Path.Child) switch
    {
        ("GET", null) => call.JsonAsync(200, writer => ArmJson.List(writer, () => call.Arm.List(Type).ToList().ForEach(rule => Write(writer, call, rule)))),
        ("GET", { } name) => call.Arm.Find(Type, name) is { } rule ? call.JsonAsync(200, writer => Write(writer, call, rule)) : call.NotFoundAsync(Type),
        ("PUT" or "PATCH", { } name) => Name().IsMatch(name) ? ChangeAsync(call, name) : call.InvalidAsync($"The cache rule's name is '{name}'; allowed: 5 to 50 letters, digits and '-'."),
        ("DELETE", { } name) => DeleteAsync(call, name),
        _ => call.NotAllowedAsync(),
    };

    private static async Task ChangeAsync(ArmCall call, string name)
    {
        if (await call.ReadObjectAsync() is not { } body)
        {
            return;
        }

        var properties = body.Object("properties") ?? default;
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

        var isObject = properties.ValueKind == JsonValueKind.Object;
        var credentials = !isObject || !properties.TryGetProperty("credentialSetResourceId", out _) ? existing?.Value("credentials") : properties.Text("credentialSetResourceId");
        var (source, target) = HttpMethods.IsPatch(call.Method)
            ? (existing!.Value("source"), existing.Value("target"))
            : isObject ? (properties.Text("sourceRepository"), properties.Text("targetRepository")) : (null, null);
        if (Problem(call, name, existing, source, target, credentials) is { } problem)
        {
            await call.RefuseAsync(problem.Status, problem.Code, problem.Message);
            return;
        }

        var values = new Dictionary<string, string?>
        {
            ["source"] = source,
            ["target"] = target,
            ["credentials"] = credentials,
            ["created"] = existing?.Value("created") ?? call.Arm.Now.ToString("O"),
        };
        var operation = call.Arm.Change(Type, name, existing is null ? ArmAct.Creating : ArmAct.Updating, call.Options.ArmOperationTime, values);
        await call.ChangedAsync(operation, existing is null, writer => Write(writer, call, call.Arm.Find(Type, name)!));
    }

    private static (int Status, string Code, string Message)? Problem(ArmCall call, string name, ArmRecord? existing, string? source, string? target, string? credentials)
    {
        if (source is null || source.IndexOf('/', StringComparison.Ordinal) <= 0 || target is null)
        {
            return (400, "InvalidRequest", $"'sourceRepository' is '{source}' and 'targetRepository' is '{target}'; both are required, the source with its registry.");
        }

        if (existing is not null && (existing.Value("source") != source || existing.Value("target") != target))
        {
            return (409, "Conflict", "A cache rule's source and target cannot be changed; delete it and make another.");
        }

        if (credentials is not null && !call.Arm.List(CredentialSetEndpoint.Type).Any(set => string.Equals(CredentialSetEndpoint.Id(call.Registry, set), credentials, StringComparison.OrdinalIgnoreCase)))
        {
            return (400, "CredentialSetNotFound", $"The credential set '{credentials}' was not found in this registry.");
        }

        var host = source[..source.IndexOf('/', StringComparison.Ordinal)];
        if (credentials is null && Authenticated.Any(known => host == known || (known[0] == '.' && host.EndsWith(known, StringComparison.Ordinal))))
        {
            return (400, "CredentialSetRequired", $"'{host}' is read with credentials only; give a credential set.");
        }

        var others = call.Arm.List(Type).Where(rule => !string.Equals(rule.Name, name, StringComparison.OrdinalIgnoreCase)).ToList();
        return others.Count >= MaxRules ? (409, "QuotaExceeded", $"A registry has at most {MaxRules} cache rules.")
            : others.Find(rule => Overlap(rule.Value("target")!, target)) is { } other ? (409, "Conflict", $"The target '{target}' overlaps with '{other.Value("target")}' of the cache rule '{other.Name}'.")
            : existing is null && call.Registry.Store.Read(call.Registry.Home, content => content.Find(target) is { Exists: true }) ? (409, "Conflict", $"The repository '{target}' exists already.")
            : null;
    }

    /// <summary>Whether some repository is named by both, where a trailing <c>*</c> names all that starts so.</summary>
    private static bool Overlap(string one, string other) => (one.EndsWith('*'), other.EndsWith('*')) switch
    {
        (false, false) => one == other,
        (true, false) => other.StartsWith(one[..^1], StringComparison.Ordinal),
        (false, true) => one.StartsWith(other[..^1], StringComparison.Ordinal),
        _ => one.StartsWith(other[..^1], StringComparison.Ordinal) || other.StartsWith(one[..^1], StringComparison.Ordinal),
    };

    private static Task DeleteAsync(ArmCall call, string name)
    {
        if (call.Arm.Find(Type, name) is not { } rule)
        {
            call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        return rule.IsBusy(call.Arm.Now) ? call.BusyAsync() : call.DeletedAsync(call.Arm.Change(Type, rule.Name, ArmAct.Deleting, call.Options.ArmOperationTime, rule.Values));
    }

    private static void Write(Utf8JsonWriter writer, ArmCall call, ArmRecord rule) => ArmJson.Child(writer, call.Registry, rule, call.Arm.Now, () =>
    {
        writer.WriteString("sourceRepository", rule.Value("source"));
        writer.WriteString("targetRepository", rule.Value("target"));
        writer.WriteString("credentialSetResourceId", rule.Value("credentials"));
        writer.WriteString("creationDate", rule.Value("created"));
    });

    [GeneratedRegex(@"\A[a-zA-Z0-9-]{5,50}\z", RegexOptions.None, 1000)]
    internal static partial Regex Name();
}
