using Gatehouse.Registry.Options;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Imports;

/// <summary>The credentials the registry client reads upstreams with: <c>Gatehouse:Registry:Upstreams</c>.</summary>
internal sealed class ConfiguredUpstreamCredentials(IOptions<RegistryOptions> options) : IUpstreamCredentials
{
    public UpstreamCredential? Find(string registry) =>
        options.Value.FindUpstream(registry) is { Username: { Length: > 0 } username, Password: { Length: > 0 } password }
            ? new UpstreamCredential(username, password)
            : null;
}
