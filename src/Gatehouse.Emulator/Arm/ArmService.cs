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
    private const string OperationPrefix = "registries-";

    private readonly ArmGate _gate = new(options, tokens, new ArmLimits(options.ArmLimits, clock));

    public async Task HandleAsync(HttpContext http)
    {
        var id = entropy.Next();
        http.Response.Headers["x-ms-request-id"] = id;
        http.Response.Headers["x-ms-correlation-request-id"] = id;
        var path = ArmPath.Parse(http.Request.Path.Value ?? "/");
        var (operation, import, owner) = path is { Kind: RequestKind.ArmOperation, Child: { } child } ? FindOperation(child) : default;
        var registry = Find(path?.Name) ?? owner;
        registry?.Requests.Add("arm", http.Request.Method, path!.Kind);
        if (_gate.Refuse(http, path, registry) is { } refusal)
        {
            await ArmReply.ErrorAsync(http, refusal.Status, refusal.Code, refusal.Message);
            return;
        }

        if (registry is null)
        {
            await WithoutRegistryAsync(http, path!);
            return;
        }

        var call = new ArmCall(http, path!, registry, options, armHost());
        await (path!.Kind == RequestKind.ArmOperation ? PollAsync(call, operation, import) : AnswerAsync(call));
    }

    private EmulatedRegistry? Find(string? name) => name is null
        ? null
        : registries.FirstOrDefault(registry => string.Equals(registry.Name, name, StringComparison.OrdinalIgnoreCase) && registry.ResourceId is not null);

    private (ArmOperation? Operation, ImportOperation? Import, EmulatedRegistry? Registry) FindOperation(string text)
    {
        var id = text.StartsWith(OperationPrefix, StringComparison.Ordinal) ? text[OperationPrefix.Length..] : string.Empty;
        if (imports.Find(id) is { } import)
        {
            return (null, import, Find(import.Registry));
        }

        return registries
            .Select(registry => (Operation: registry.Arm.Read(document => document.Operations.Find(known => known.Id == id)), Import: (ImportOperation?)null, Registry: (EmulatedRegistry?)registry))
            .FirstOrDefault(found => found.Operation is not null);
    }

    private Task WithoutRegistryAsync(HttpContext http, ArmPath path) => path switch
    {
        { Kind: RequestKind.ArmOperation } => ArmReply.ErrorAsync(http, 404, "OperationNotFound", $"There is no operation '{path.Child}'."),
        { Name: { } name } => ArmReply.ErrorAsync(http, 404, "ResourceNotFound", $"The Resource 'Microsoft.ContainerRegistry/registries/{name}' under resource group '{path.Group}' was not found."),
        _ when HttpMethods.IsGet(http.Request.Method) => ListAsync(http),
        _ => ArmReply.ErrorAsync(http, 405, "MethodNotAllowed", $"{http.Request.Method} is not allowed here."),
    };

    private Task ListAsync(HttpContext http) => Reply.JsonAsync(http, 200, writer => ArmJson.List(writer, () =>
    {
        var preview = http.Query("api-version")!.EndsWith("-preview", StringComparison.Ordinal);
        foreach (var registry in registries.Where(registry => registry.ResourceId is not null))
        {
            RegistryJson.Write(writer, registry, dataHost(), preview);
        }
    }));

    private Task AnswerAsync(ArmCall call) => (call.Path.Kind, call.Method) switch
    {
        (RequestKind.ArmRegistry, _) => RegistryEndpoint.HandleAsync(call, dataHost()),
        (RequestKind.ArmUsages, "GET") => call.JsonAsync(200, writer => ArmJson.Usages(writer, call.Registry)),
        (RequestKind.ArmReplications, _) => ReplicationEndpoint.HandleAsync(call),
        (RequestKind.ArmCacheRules, _) => CacheRuleEndpoint.HandleAsync(call),
        (RequestKind.ArmCredentialSets, _) => CredentialSetEndpoint.HandleAsync(call, entropy),
        (RequestKind.ArmImport, "POST") => ImportEndpoint.StartAsync(call, imports, entropy),
        _ => call.NotAllowedAsync(),
    };

    /// <summary>A status document at the registry, a location at the subscription; either way round for imports, which have a location only.</summary>
    private static Task PollAsync(ArmCall call, ArmOperation? operation, ImportOperation? import)
    {
        if (call.Method != "GET")
        {
            return call.NotAllowedAsync();
        }

        if (import is not null)
        {
            return ImportEndpoint.PollAsync(call, import);
        }

        if (operation is null)
        {
            return call.RefuseAsync(404, "OperationNotFound", $"There is no operation '{call.Path.Child}'.");
        }

        var running = call.Arm.Now < operation.ReadyAt;
        return call.Path.Name is not null ? call.StatusAsync(operation, running)
            : running ? call.RunningAsync()
            : operation.Code is { } code ? call.RefuseAsync(409, code, operation.Message!)
            : Reply.EmptyAsync(call.Http, 200);
    }
}
