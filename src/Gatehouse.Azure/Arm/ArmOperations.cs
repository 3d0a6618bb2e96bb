using System.Text.Json;
using Azure.Core;
using Gatehouse.Azure.Http;
using Gatehouse.Core.Estate.Control;
using Gatehouse.Core.Results;

namespace Gatehouse.Azure.Arm;

/// <summary>Changes that take time, in both of Resource Manager's styles. One call asks once: whoever asks has a queue to wait in.</summary>
internal sealed class ArmOperations(ArmClient client) : IControlOperations
{
    /// <summary>Sends a change of a resource and says where it stands.</summary>
    /// <param name="resource">Its ARM id, or why there is none by that name.</param>
    public async Task<ControlProgress> ChangeAsync(RequestMethod method, Result<string> resource, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken) =>
        resource.TryGet(out var id, out var invalid) ? await StartAsync(method, id, body, cancellationToken) : new ControlProgress.Failed((ArmFailure)invalid);

    /// <summary>What the first answer to a change means.</summary>
    /// <param name="resource">What to read in the end; null for nothing.</param>
    /// <param name="secret">What of the request must not come back in words.</param>
    public ControlProgress Begin(AzureAnswer answer, string? resource, string? secret = null)
    {
        if (!answer.IsSuccess)
        {
            return new ControlProgress.Failed(ArmFailures.Of(answer, secret));
        }

        // The provider's document for an import says that its end is told at Location; only a change of a resource has a status of its own.
        var status = answer.Headers.GetValueOrDefault("Azure-AsyncOperation");
        var location = answer.Status == 202 ? answer.Location : null;
        if (status is not null && (resource is not null || location is null))
        {
            return Follow(answer, ControlOperationStyle.AsyncOperation, "Azure-AsyncOperation", status, resource);
        }

        if (location is not null)
        {
            return Follow(answer, ControlOperationStyle.Location, "Location", location, resource);
        }

        return answer.Status == 202
            ? new ControlProgress.Failed(ArmFailures.Of(answer) with
            {
                Code = "location-missing",
                Message = "The service accepted the change without saying where to ask for it.",
                IsTransient = true,
            })
            : resource is null ? new ControlProgress.Done() : OfResource(answer, new ControlOperation(ControlOperationStyle.Resource, client.UriOf(resource, client.ApiVersion).AbsoluteUri, resource, client.ApiVersion));
    }

    public Task<ControlProgress> PollAsync(ControlOperation operation, CancellationToken cancellationToken) =>
        PollAsync(operation, ArmIds.RegistryOf(operation.Resource), cancellationToken);

    /// <param name="about">ARM id of the registry, where the operation does not tell.</param>
    public async Task<ControlProgress> PollAsync(ControlOperation operation, string about, CancellationToken cancellationToken)
    {
        if (client.Trusted(operation.Url) is not { } uri)
        {
            return new ControlProgress.Failed(ArmFailures.Foreign("The operation's address", operation.Url));
        }

        var answer = await client.SendAsync(RequestMethod.Get, uri, null, about, cancellationToken);
        return operation.Style switch
        {
            ControlOperationStyle.AsyncOperation => await OfStatusAsync(answer, operation, cancellationToken),
            ControlOperationStyle.Location => await OfLocationAsync(answer, operation, cancellationToken),
            _ => OfResource(answer, operation),
        };
    }

    private async Task<ControlProgress> StartAsync(RequestMethod method, string resource, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(method, client.UriOf(resource, client.ApiVersion), body, ArmIds.RegistryOf(resource), cancellationToken);
        var isDelete = method == RequestMethod.Delete;
        return isDelete && (answer.Status == 204 || ArmFailures.IsAbsent(answer)) ? new ControlProgress.Done() : Begin(answer, isDelete ? null : resource);
    }

    /// <summary>Whether an answer tells of the asking, not of what was asked after. A server's plain failure (500) is what failed operations answer.</summary>
    private static bool IsOfTheAsking(AzureAnswer answer) => answer.Fault is not null || answer.Status is 401 or 408 or 429 or 502 or 503 or 504;

    private ControlProgress Follow(AzureAnswer answer, ControlOperationStyle style, string header, string url, string? resource) => client.Trusted(url) is { } uri
        ? new ControlProgress.Running(new ControlOperation(style, uri.AbsoluteUri, resource, client.ApiVersion), answer.RetryAfter)
        : new ControlProgress.Failed(ArmFailures.Foreign(header, url, answer));

    private async Task<ControlProgress> OfStatusAsync(AzureAnswer answer, ControlOperation operation, CancellationToken cancellationToken)
    {
        if (answer.Status == 404 && operation.Resource is not null)
        {
            // The service keeps operations for a while only; the resource tells how it ended.
            return await ReadResourceAsync(operation, cancellationToken);
        }

        return !answer.IsSuccess
            ? ArmFailures.IsAbsent(answer) || answer.Status == 410 ? new ControlProgress.Failed(ArmFailures.Of(answer)) : new ControlProgress.Unknown(operation, ArmFailures.Of(answer))
            : await JudgeAsync(answer, operation, Status(answer), cancellationToken);
    }

    private async Task<ControlProgress> OfLocationAsync(AzureAnswer answer, ControlOperation operation, CancellationToken cancellationToken)
    {
        switch (answer.Status)
        {
            case 202 when answer.Location is { } moved:
                return client.Trusted(moved) is { } there
                    ? new ControlProgress.Running(operation with { Url = there.AbsoluteUri }, answer.RetryAfter)
                    : new ControlProgress.Failed(ArmFailures.Foreign("Location", moved, answer));
            case 202:
                return new ControlProgress.Running(operation, answer.RetryAfter);
            case 200 or 201 or 204:
                // The final answer has no body, or the resource; one that names an error is no success, whatever its status.
                return ErrorBody.Read(answer.Body).Code is not null
                    ? new ControlProgress.Failed(ArmFailures.Of(answer))
                    : await JudgeAsync(answer, operation, Status(answer) ?? "Succeeded", cancellationToken);
            default:
                return IsOfTheAsking(answer) ? new ControlProgress.Unknown(operation, ArmFailures.Of(answer)) : new ControlProgress.Failed(ArmFailures.Of(answer));
        }
    }

    /// <param name="status">Succeeded, Failed and Canceled are ends; every other word means that it goes on.</param>
    private async Task<ControlProgress> JudgeAsync(AzureAnswer answer, ControlOperation operation, string? status, CancellationToken cancellationToken) => status?.ToUpperInvariant() switch
    {
        null => new ControlProgress.Unknown(operation, ArmFailures.Senseless(answer, "the status of an operation")),
        "SUCCEEDED" => await ReadResourceAsync(operation, cancellationToken),
        "FAILED" or "CANCELED" or "CANCELLED" => new ControlProgress.Failed(Ended(answer, status)),
        _ => new ControlProgress.Running(operation, answer.RetryAfter),
    };

    private async Task<ControlProgress> ReadResourceAsync(ControlOperation operation, CancellationToken cancellationToken) => operation.Resource is { } resource
        ? OfResource(await client.SendAsync(RequestMethod.Get, client.UriOf(resource, operation.ApiVersion), null, ArmIds.RegistryOf(resource), cancellationToken), operation)
        : new ControlProgress.Done();

    private static ControlProgress OfResource(AzureAnswer answer, ControlOperation operation)
    {
        if (!answer.IsSuccess)
        {
            return ArmFailures.IsAbsent(answer) ? new ControlProgress.Failed(ArmFailures.Of(answer)) : new ControlProgress.Unknown(operation, ArmFailures.Of(answer));
        }

        return Text(answer, "properties", "provisioningState")?.ToUpperInvariant() switch
        {
            null or "SUCCEEDED" => new ControlProgress.Done(),
            "FAILED" or "CANCELED" => new ControlProgress.Failed(Ended(answer, Text(answer, "properties", "provisioningState")!)),
            _ => new ControlProgress.Running(operation, answer.RetryAfter),
        };
    }

    private static ArmFailure Ended(AzureAnswer answer, string status)
    {
        var failure = ArmFailures.Of(answer);
        return ErrorBody.Read(answer.Body) is { Code: not null } ? failure : failure with { Code = $"operation-{status.ToLowerInvariant()}", Message = $"The change ended as {status}, without a reason." };
    }

    private static string? Status(AzureAnswer answer) => Text(answer, "status");

    /// <summary>A text somewhere in the answer's document; null when it is not there, or there is no document.</summary>
    private static string? Text(AzureAnswer answer, params ReadOnlySpan<string> path)
    {
        if (answer.Body.IsEmpty)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var element = document.RootElement;
            foreach (var name in path)
            {
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                {
                    return null;
                }
            }

            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
