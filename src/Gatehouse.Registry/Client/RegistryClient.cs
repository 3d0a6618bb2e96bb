using System.Net.Http.Headers;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Http;
using Gatehouse.Registry.Options;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Registry.Client;

/// <summary>One registry. Calls may run at the same time.</summary>
internal sealed partial class RegistryClient : IRegistryClient
{
    private readonly RegistryAddress _address;
    private readonly RegistryTransport _transport;
    private readonly RegistryOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public RegistryClient(RegistryAddress address, RegistryTransport transport, RegistryOptions options, TimeProvider clock, ILogger log) =>
        (_address, _transport, _options, _clock, _log) = (address, transport, options, clock, log);

    public string Host => _address.Host;

    public Task<RegistryResult<bool>> PingAsync(CancellationToken cancellationToken) =>
        _transport.SendAsync(new RegistryCall(HttpMethod.Get, _address.Resolve("/v2/"), null), Yes, cancellationToken);

    public async Task<RegistryResult<RawResponse>> SendAsync(HttpMethod method, string path, string? scope, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken)
    {
        if (!path.StartsWith('/') || path.StartsWith("//", StringComparison.Ordinal) || !Uri.TryCreate(_address.BaseUri, path, out var uri) || !IsHere(uri))
        {
            return Failures.Refused($"{method} {_address.BaseUri}", $"the path '{path}' is not a path on this host starting with '/'");
        }

        var call = new RegistryCall(method, uri, scope)
        {
            Accept = ["application/json"],
            Compressible = true,
            Content = body is { } bytes ? () => Json(bytes) : null,
            Repeatable = method != HttpMethod.Post,
        };
        return await _transport.SendAsync<RawResponse>(call, ReadRawAsync, cancellationToken);

        async Task<RegistryResult<RawResponse>> ReadRawAsync(HttpResponseMessage response, CancellationToken token)
        {
            var next = NextPage(response);
            if (!next.TryGet(out var target, out var failure) && failure is not null)
            {
                return failure;
            }

            var content = await BoundedBody.ReadAsync(response.Content, _options.MaxPageBytes, token);
            return new RawResponse((int)response.StatusCode, content, response.Content.Headers.ContentType?.MediaType, target?.PathAndQuery);
        }
    }

    private static Task<RegistryResult<bool>> Yes(HttpResponseMessage response, CancellationToken cancellationToken) => Task.FromResult<RegistryResult<bool>>(true);

    private static ReadOnlyMemoryContent Json(ReadOnlyMemory<byte> bytes)
    {
        var content = new ReadOnlyMemoryContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static string PullScope(string repository) => $"repository:{repository}:pull";

    private static string PushScope(string repository) => $"repository:{repository}:pull,push";

    private Uri Path(string repository, string rest) => _address.Resolve($"/v2/{repository}/{rest}");

    private bool IsHere(Uri uri) => uri.Scheme == _address.BaseUri.Scheme && uri.Authority == _address.BaseUri.Authority;

    /// <summary>Names go into URLs, so one that is no name is refused before anything is sent.</summary>
    private RegistryFailure? ObjectionTo(string repository, string? reference = null)
    {
        if (!ImageReference.IsRepository(repository))
        {
            return Failures.Refused($"{_address.BaseUri}v2/", $"'{repository}' is not a repository name");
        }

        return reference is null || ImageReference.IsTag(reference) || Digest.TryParse(reference, out _)
            ? null
            : Failures.Refused($"{_address.BaseUri}v2/{repository}", $"'{reference}' is neither a tag nor a digest");
    }

    /// <summary>The next page, which must be on this host; null on the last.</summary>
    private RegistryResult<Uri?> NextPage(HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("Link", out var links) || LinkHeader.Next(links) is not { } link)
        {
            return (Uri?)null;
        }

        var from = response.RequestMessage!.RequestUri!;
        return Uri.TryCreate(from, link, out var next) && IsHere(next)
            ? next
            : Failures.Untrustworthy(Failures.Line(response.RequestMessage.Method, from), "the next page is on another host, or its link is no URL", response.StatusCode);
    }
}
