using Azure.Core;
using Gatehouse.Azure.Http;
using Gatehouse.Azure.Options;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Arm;

/// <summary>Calls to Resource Manager: one host, one token, a limit a registry.</summary>
internal sealed class ArmClient(ArmPipeline pipeline, IOptions<AzureOptions> options) : IDisposable
{
    private readonly Uri _host = options.Value.ArmUri;
    private readonly RegistrySlots _slots = new(options.Value.MaxConcurrentCalls);

    public string ApiVersion => options.Value.ArmApiVersion;

    public string PreviewApiVersion => options.Value.ArmPreviewApiVersion;

    /// <param name="path">An ARM id, or one with an action.</param>
    public Uri UriOf(string path, string apiVersion) => new(_host, $"{path}?api-version={apiVersion}");

    /// <summary>A URL the service gave us, relative ones made whole; null unless it is on the ARM host, where alone the token may go.</summary>
    public Uri? Trusted(string url) =>
        Uri.TryCreate(_host, url, out var uri)
        && Uri.Compare(uri, _host, UriComponents.SchemeAndServer | UriComponents.UserInfo, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0
            ? uri
            : null;

    /// <param name="about">ARM id the limit of calls at one time is for: the registry's, or the subscription's.</param>
    public Task<AzureAnswer> SendAsync(RequestMethod method, Uri uri, ReadOnlyMemory<byte>? body, string about, CancellationToken cancellationToken) => _slots.RunAsync(
        about,
        () => pipeline.Http.SendAsync(
            request =>
            {
                request.Method = method;
                request.Uri.Reset(uri);
                if (body is { } content)
                {
                    request.Headers.SetValue("Content-Type", "application/json");
                    request.Content = RequestContent.Create(content);
                }
            },
            cancellationToken),
        cancellationToken);

    public void Dispose() => _slots.Dispose();
}
