using System.Text.Json;
using Azure.Core;
using Gatehouse.Azure.Arm;
using Gatehouse.Azure.Options;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Estate.Control;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Imports;

/// <summary>Server-side copies by ARM. Source: Microsoft.ContainerRegistry, Registries_ImportImage.</summary>
internal sealed class ArmImageImporter(
    ArmClient client,
    ArmOperations operations,
    IOptions<AzureOptions> options,
    IUpstreamCredentials credentials,
    ImportLeases leases,
    ILogger<ArmImageImporter> log) : IImageImporter, IDisposable
{
    private readonly RegistrySlots _slots = new(options.Value.MaxConcurrentImports);

    /// <summary>Starts that come together wait for one another, which is short; imports that go on are not waited for.</summary>
    public Task<ImportProgress> StartAsync(RegistryDefinition target, ImportRequest request, CancellationToken cancellationToken) =>
        _slots.RunAsync(target.ResourceId, () => OrderAsync(target, request, cancellationToken), cancellationToken);

    public async Task<ImportProgress> PollAsync(RegistryDefinition target, string location, CancellationToken cancellationToken)
    {
        var operation = new ControlOperation(ControlOperationStyle.Location, location, null, client.ApiVersion);
        var import = Report(target, await operations.PollAsync(operation, target.ResourceId, cancellationToken), ImportErrors.OfPoll);
        switch (import)
        {
            case ImportProgress.Running running:
                leases.Renew(target.ResourceId, location, running.Location, running.RetryAfter);
                break;
            case ImportProgress.Failed { StillRuns: true }:
                // No longer than the lease: should the data plane say that the image is there, nobody asks about this import again.
                leases.Renew(target.ResourceId, location, location, null);
                break;
            default:
                leases.End(target.ResourceId, location);
                break;
        }

        return import;
    }

    public void Dispose() => _slots.Dispose();

    private async Task<ImportProgress> OrderAsync(RegistryDefinition target, ImportRequest request, CancellationToken cancellationToken)
    {
        using var place = leases.TryTake(target.ResourceId);
        if (place is null)
        {
            log.ImportWaits(target.Name, request.Source.Name, request.Digest, options.Value.MaxConcurrentImports);
            return ImportErrors.Full(options.Value.MaxConcurrentImports, leases.NextTry(target.ResourceId));
        }

        var access = credentials.Find(request.Source.Registry);
        var body = JsonSerializer.SerializeToUtf8Bytes(Body(request, access), ImportWireJson.Default.ImportBody);
        var uri = client.UriOf($"{target.ResourceId}/importImage", client.ApiVersion);
        var answer = await client.SendAsync(RequestMethod.Post, uri, body, target.ResourceId, cancellationToken);

        // Should the service repeat what it was sent, the secret goes no further.
        var import = Report(target, operations.Begin(answer, resource: null, access.Credential?.Password), ImportErrors.OfStart, request);
        switch (import)
        {
            case ImportProgress.Running running:
                place.Keep(running.Location, running.RetryAfter);
                break;
            case ImportProgress.Failed when answer.Status == 202:
                // It was accepted and runs, only nobody can ask about it.
                place.KeepUnasked();
                break;
        }

        return import;
    }

    private static ImportBody Body(ImportRequest request, UpstreamAccess access) => new(
        new ImportSource(
            access.ResourceId is null ? request.Source.Registry : null,
            access.ResourceId,
            $"{request.Source.Repository}@{request.Digest}",
            access.Credential is { } credential ? new ImportSourceCredentials(credential.Username, credential.Password) : null),
        [request.TargetRepository],
        ImportBody.NoForce);

    private ImportProgress Report(RegistryDefinition target, ControlProgress progress, Func<ArmFailure, ImportProgress.Failed> judge, ImportRequest? request = null)
    {
        ImportProgress import = progress switch
        {
            ControlProgress.Done => new ImportProgress.Done(),
            ControlProgress.Running running => new ImportProgress.Running(running.Operation.Url, running.RetryAfter),
            ControlProgress.Unknown unknown => ImportErrors.OfAsking(unknown.Failure),
            ControlProgress.Failed failed => judge(failed.Failure),
            _ => throw new InvalidOperationException($"Unknown progress {progress}."),
        };
        if (import is ImportProgress.Failed failure)
        {
            log.ImportFailed(target.Name, failure.Code, failure.Message, failure.Retryable);
        }
        else if (request is not null)
        {
            log.ImportStarted(target.Name, request.Source.Name, request.Digest);
        }

        return import;
    }
}
