using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Cli.Wire;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Ledger.Verification;
using Gatehouse.Core.Results;

namespace Gatehouse.Cli.Commands;

/// <summary>What the verifier is told to trust: a key, an earlier checkpoint, both or neither.</summary>
internal static class TrustFiles
{
    private const int MaxBytes = 64 * 1024;

    public static async Task<Result<LedgerTrust>> ReadAsync(FileInfo? keyFile, FileInfo? earlierFile, CancellationToken cancellationToken)
    {
        var trust = LedgerTrust.None;
        if (keyFile is not null)
        {
            if (!(await InputFiles.ReadAsync(keyFile, MaxBytes, "--public-key", cancellationToken)).Then(bytes => ReadKey(keyFile, bytes)).TryGet(out var key, out var error))
            {
                return error;
            }

            trust = trust with { PublicKey = key };
        }

        if (earlierFile is not null)
        {
            if (!(await InputFiles.ReadAsync(earlierFile, MaxBytes, "--earlier", cancellationToken)).Then(bytes => ReadCheckpoint(earlierFile, bytes, trust.PublicKey)).TryGet(out var earlier, out var error))
            {
                return error;
            }

            trust = trust with { Earlier = earlier };
        }

        return trust;
    }

    private static Result<byte[]> ReadKey(FileInfo file, byte[] content)
    {
        var text = Encoding.UTF8.GetString(content);
        return PemEncoding.TryFind(text, out var fields) && text[fields.Label] == "PUBLIC KEY"
            ? Convert.FromBase64String(text[fields.Base64Data])
            : new Error(ErrorKind.Invalid, "key-malformed", $"'{file}' is not a PEM file with a PUBLIC KEY.", "--public-key");
    }

    private static Result<Checkpoint> ReadCheckpoint(FileInfo file, byte[] content, ReadOnlyMemory<byte>? key)
    {
        if (Parse(content) is not { } read)
        {
            return new Error(ErrorKind.Invalid, "checkpoint-malformed", $"'{file}' is not a checkpoint as 'gatehouse ledger checkpoint --json' prints it.", "--earlier");
        }

        if (key is not { } trusted)
        {
            return read;
        }

        return LedgerVerifier.VerifyCheckpoint(read.Body, read.KeyId, read.Signature, trusted.Span).TryGet(out var verified, out var error)
            ? verified
            : new Refusal(error.Kind, error.Code, $"The earlier checkpoint: {error.Message}", "--earlier");
    }

    /// <summary>Null unless its members are those of the text that was signed.</summary>
    private static Checkpoint? Parse(byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, WireJson.Default.CheckpointDocument) is { Size: > 0 } read
                && read.Body.StartsWith($"{read.Origin}\n{read.Size}\n{read.Root}\n", StringComparison.Ordinal)
                    ? new Checkpoint(read.Origin, read.Size, Convert.FromBase64String(read.Root), read.At, read.KeyId, read.Body, read.Signature)
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
