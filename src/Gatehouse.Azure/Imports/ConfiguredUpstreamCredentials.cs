using Gatehouse.Registry.Options;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Imports;

/// <summary>What is configured of upstreams: <c>Gatehouse:Registry:Upstreams</c>.</summary>
internal sealed class ConfiguredUpstreamCredentials(IOptions<RegistryOptions> options) : IUpstreamCredentials
{
    public UpstreamAccess Find(string registry) => options.Value.FindUpstream(registry) switch
    {
        { ResourceId: { Length: > 0 } id } => new UpstreamAccess(id, null),
        { ImportPassword: { Length: > 0 } alone } => new UpstreamAccess(null, new UpstreamCredential(null, alone)),
        { Username: { Length: > 0 } username, Password: { Length: > 0 } password } => new UpstreamAccess(null, new UpstreamCredential(username, password)),
        _ => UpstreamAccess.Anonymous,
    };
}
