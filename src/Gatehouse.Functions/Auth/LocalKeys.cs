using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Auth;

/// <summary>The one key of the local issuer, read from its file when the first token arrives.</summary>
internal sealed class LocalKeys(IOptions<AuthOptions> options) : IIssuerKeys
{
    private readonly Lazy<EcVerificationKey> _key = new(() => Read(options.Value.LocalIssuer.KeyPath!), LazyThreadSafetyMode.PublicationOnly);

    public ValueTask<VerificationKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        ValueTask.FromResult<VerificationKey?>(_key.Value.Id == id ? _key.Value : null);

    private static EcVerificationKey Read(string path)
    {
        try
        {
            using var key = LocalKeyFile.Open(path);
            return new EcVerificationKey(LocalKeyFile.IdOf(key), key.ExportParameters(includePrivateParameters: false));
        }
        catch (IOException exception)
        {
            throw new IssuerUnavailableException($"The local issuer's key file '{path}' cannot be read.", exception);
        }
    }
}
