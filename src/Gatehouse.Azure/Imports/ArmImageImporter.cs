using System.Collections.Concurrent;
using System.Text.Json;
using Azure.Core;
using Gatehouse.Azure.Http;
using Gatehouse.Azure.Options;
using Gatehouse.Core.Estate;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Imports;

/// <summary>Server-side copies by ARM. Source: Microsoft.ContainerRegistry, Registries_ImportImage.</summary>
internal sealed class ArmImageImporter(
    AzurePipelines pipelines,
    IOptions<AzureOptions> options,
    IUpstreamCredentials credentials,
    ILogger<ArmImageImporter> log) : IImageImporter, IDisposable
{
    private readonly Uri _arm = new(options.Value.ArmEndpoint);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _slots = new(StringComparer.OrdinalIgnoreCase);

    public async Task<ImportProgress> StartAsync(RegistryDefinition target, ImportRequest request, CancellationToken cancellationToken)
    {
        var credential = credentials.Find(request.Source.Registry);
        var body = JsonSerializer.SerializeToUtf8Bytes(Body(request, credential), ImportWireJson.Default.ImportBody);
        var uri = new Uri(_arm, $"{target.ResourceId}/importImage?api-version={options.Value.ArmApiVersion}");
        var slots = _slots.GetOrAdd(target.ResourceId, _ => new SemaphoreSlim(options.Value.MaxConcurrentImports));
        await slots.WaitAsync(cancellationToken);
        AzureAnswer answer;
        try
        {
            answer = await pipelines.Arm.SendAsync(
                message =>
                {
                    message.Method = RequestMethod.Post;
                    message.Uri.Reset(uri);
                    message.Headers.SetValue("Content-Type", "application/json");
                    message.Content = RequestContent.Create(body);
                },
                cancellationToken);
        }
        finally
        {
            slots.Release();
        }

        return Report(target, Redacted(Started(answer), credential), request);
    }

    public async Task<ImportProgress> PollAsync(RegistryDefinition target, string location, CancellationToken cancellationToken)
    {
        if (Trusted(location) is not { } uri)
        {
            return Report(target, Foreign(location));
        }

        var answer = await pipelines.Arm.SendAsync(
            message =>
            {
                message.Method = RequestMethod.Get;
                message.Uri.Reset(uri);
            },
            cancellationToken);
        return Report(target, Polled(answer, location));
    }

    public void Dispose()
    {
        foreach (var slots in _slots.Values)
        {
            slots.Dispose();
        }
    }

    private static ImportBody Body(ImportRequest request, UpstreamCredential? credential) => new(
        new ImportSource(
            request.Source.Registry,
            $"{request.Source.Repository}@{request.Digest}",
            credential is null ? null : new ImportSourceCredentials(credential.Username, credential.Password)),
        [request.TargetRepository],
        ImportBody.NoForce);

    private static ImportProgress.Failed Foreign(string location) => new(
        "location-foreign",
        $"The operation's Location '{location[..Math.Min(location.Length, 200)]}' is not on the ARM host, where alone the token may go.",
        Retryable: false);

    /// <summary>Should the service repeat what it was sent, the secret goes no further.</summary>
    private static ImportProgress Redacted(ImportProgress progress, UpstreamCredential? credential) =>
        progress is ImportProgress.Failed failed && credential is { Password.Length: > 0 }
            ? failed with { Message = failed.Message.Replace(credential.Password, "***", StringComparison.Ordinal) }
            : progress;

    private ImportProgress Started(AzureAnswer answer) => answer.Status switch
    {
        200 or 204 => new ImportProgress.Done(),
        202 when answer.Location is null => new ImportProgress.Failed("location-missing", "The service accepted the import without saying where to ask for it.", Retryable: true),
        202 when Trusted(answer.Location) is not { } location => Foreign(answer.Location),
        202 => new ImportProgress.Running(Trusted(answer.Location)!.AbsoluteUri, answer.RetryAfter),
        _ => ImportErrors.OfStart(answer),
    };

    private ImportProgress Polled(AzureAnswer answer, string location) => answer.Status switch
    {
        202 when answer.Location is { } moved && Trusted(moved) is null => Foreign(moved),
        202 => new ImportProgress.Running(answer.Location is { } moved ? Trusted(moved)!.AbsoluteUri : location, answer.RetryAfter),

        // The final answer has no body; one that names an error is no success, whatever its status.
        200 or 204 when ErrorBody.Read(answer.Body).Code is null => new ImportProgress.Done(),
        _ => ImportErrors.OfPoll(answer),
    };

    private Uri? Trusted(string location) =>
        Uri.TryCreate(_arm, location, out var uri)
        && Uri.Compare(uri, _arm, UriComponents.SchemeAndServer | UriComponents.UserInfo, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0
            ? uri
            : null;

    private ImportProgress Report(RegistryDefinition target, ImportProgress progress, ImportRequest? request = null)
    {
        if (progress is ImportProgress.Failed failed)
        {
            log.ImportFailed(target.Name, failed.Code, failed.Message, failed.Retryable);
        }
        else if (request is not null)
        {
            log.ImportStarted(target.Name, request.Source.Name, request.Digest);
        }

        return progress;
    }
}
