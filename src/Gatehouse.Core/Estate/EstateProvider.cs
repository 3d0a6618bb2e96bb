using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Estate;

/// <summary>Reads the estate, from the configuration or from a file, at the first call and keeps it; a failed read is tried again at the next call.</summary>
internal sealed class EstateProvider(IOptions<EstateOptions> options, ILogger<EstateProvider> logger) : IEstateProvider, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private EstateMap? _estate;

    /// <exception cref="EstateInvalidException">The file cannot be read, or what is written does not describe an estate.</exception>
    public async Task<EstateMap> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _estate) is { } known)
        {
            return known;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            return _estate ??= await ReadAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<EstateMap> ReadAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Document is { } document)
        {
            return Read(EstateOptions.DocumentKey, document);
        }

        var path = Path.GetFullPath(options.Value.Path ?? EstateOptions.DefaultPath);
        return Read(path, await ReadTextAsync(path, cancellationToken));
    }

    private EstateMap Read(string source, string text)
    {
        var (map, issues) = EstateParser.Parse(text, options.Value.RegistrySuffix ?? EstateOptions.DefaultRegistrySuffix);
        if (map is null)
        {
            throw new EstateInvalidException(source, issues);
        }

        Log.EstateRead(logger, source, map.Registries.Count, map.Replicas.Count());
        return map;
    }

    private static async Task<string> ReadTextAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            if (file.Length > EstateOptions.MaxBytes)
            {
                throw new EstateInvalidException($"{path} has {file.Length} bytes; an estate file has at most {EstateOptions.MaxBytes}.");
            }

            using var reader = new StreamReader(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return await reader.ReadToEndAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new EstateInvalidException($"{EstateOptions.PathKey} names {path}, which cannot be read: {exception.Message}", exception);
        }
    }
}
