using Gatehouse.Core.Time;
using Gatehouse.Emulator.Distribution;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Identity;
using Gatehouse.Emulator.Metadata;
using Gatehouse.Emulator.Registries;
using Gatehouse.Emulator.Storage;
using Gatehouse.Emulator.Tokens;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Emulator.Requests;

/// <summary>All requests to one registry, in the order: route, faults, authorization, endpoint.</summary>
internal sealed class RegistryPipeline : IAsyncDisposable
{
    private readonly EmulatedRegistry _registry;
    private readonly TimeProvider _clock;
    private readonly IEntropy _entropy;
    private readonly Authorizer _authorizer;
    private readonly TokenService _tokens;
    private readonly ManifestEndpoints _manifests;
    private readonly BlobEndpoints _blobs;
    private readonly Uploads _uploads;
    private readonly UploadEndpoints _uploadEndpoints;

    public RegistryPipeline(EmulatedRegistry registry, Jwt jwt, EntraTokens entra, BlobUrls urls, bool redirect, TimeProvider clock, IEntropy entropy)
    {
        (_registry, _clock, _entropy) = (registry, clock, entropy);
        var tokens = new RegistryTokens(registry, jwt, clock, entropy);
        _authorizer = new Authorizer(registry, tokens);
        _tokens = new TokenService(registry, tokens, entra);
        _manifests = new ManifestEndpoints(entropy);
        _blobs = new BlobEndpoints(urls, redirect);
        _uploads = new Uploads(registry.Store, entropy);
        _uploadEndpoints = new UploadEndpoints(_uploads);
    }

    public async Task HandleAsync(HttpContext http, EndpointTag endpoint)
    {
        var id = _entropy.Next();
        http.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        http.Response.Headers["X-Ms-Correlation-Request-Id"] = id;
        var path = RegistryPath.Parse(http.Request.Path.Value ?? "/");
        var replica = endpoint.Replica ?? _registry.Route();
        if (replica is { Faults.Down: true } or { IsProvisioned: false })
        {
            http.Abort();
            return;
        }

        _registry.Requests.Add(endpoint.Name, http.Request.Method, path.Kind);
        if (replica is null)
        {
            await Reply.ErrorAsync(http, StatusCodes.Status503ServiceUnavailable, "UNAVAILABLE", "no replica of this registry can be reached through its global endpoint");
            return;
        }

        using var broken = replica.Faults.Breaks.Register(http.Abort);
        if (replica.Faults.Delay > TimeSpan.Zero)
        {
            await Task.Delay(replica.Faults.Delay, _clock, http.RequestAborted);
        }

        if (replica.Faults.Refuses(path.Kind) is { } retryAfter)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(retryAfter.TotalSeconds).ToString("0");
            await Reply.ErrorAsync(http, StatusCodes.Status429TooManyRequests, "TOOMANYREQUESTS", "too many requests");
            return;
        }

        await AnswerAsync(http, path, replica, id, http.Request.Host.Value ?? endpoint.Host);
    }

    public ValueTask DisposeAsync() => _uploads.DisposeAsync();

    private async Task AnswerAsync(HttpContext http, RegistryPath path, EmulatedReplica replica, string id, string host)
    {
        var acr = _registry.Kind == RegistryKind.Acr;
        if (acr && path.Kind is RequestKind.Exchange or RequestKind.Token)
        {
            await (path.Kind == RequestKind.Exchange ? _tokens.ExchangeAsync(http) : _tokens.TokenAsync(http));
            return;
        }

        var isMetadata = path.Kind is RequestKind.Repositories or RequestKind.Repository or RequestKind.RepositoryTags or RequestKind.RepositoryManifests;
        if (path.Kind == RequestKind.Other || (isMetadata && !acr))
        {
            await Reply.ErrorAsync(http, StatusCodes.Status404NotFound, "NOT_FOUND", "there is nothing at this path");
            return;
        }

        if (await _authorizer.AuthorizeAsync(http, path, host) is { } grant)
        {
            await DispatchAsync(new Call(http, _registry, replica, path, id, host, grant));
        }
    }

    private Task DispatchAsync(Call call) => (call.Path.Kind, call.Method) switch
    {
        (RequestKind.Manifest, _) => _manifests.HandleAsync(call),
        (RequestKind.Blob, _) => _blobs.HandleAsync(call),
        (RequestKind.Upload, _) => _uploadEndpoints.HandleAsync(call),
        (RequestKind.Ping, "GET" or "HEAD") => Reply.JsonAsync(call.Http, StatusCodes.Status200OK, Empty),
        (RequestKind.Tags, "GET" or "HEAD") => ListEndpoints.TagsAsync(call),
        (RequestKind.Catalog or RequestKind.Repositories, "GET" or "HEAD") => ListEndpoints.CatalogAsync(call),
        (RequestKind.Referrers, "GET" or "HEAD") => ListEndpoints.ReferrersAsync(call),
        (RequestKind.Repository or RequestKind.RepositoryTags or RequestKind.RepositoryManifests, _) => MetadataEndpoints.HandleAsync(call),
        _ => call.NotAllowedAsync(),
    };

    private static void Empty(System.Text.Json.Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteEndObject();
    }
}
