using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Imports;

internal sealed class ConfiguredUpstreamCredentials(IOptions<ImportSourceOptions> options) : IUpstreamCredentials
{
    public UpstreamCredential? Find(string registry) =>
        options.Value.Upstreams.TryGetValue(registry, out var upstream) && upstream is { Username: { Length: > 0 } username, Password: { Length: > 0 } password }
            ? new UpstreamCredential(username, password)
            : null;
}
