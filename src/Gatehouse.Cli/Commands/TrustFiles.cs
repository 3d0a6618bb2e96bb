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
    private const string KeyOption = "--public-key";
    private const string CheckpointOption = "--checkpoint";
    private const int MaxBytes = 64 * 1024;

    public static async Task<Result<LedgerTrust>> ReadAsync(FileInfo? keyFile, FileInfo? checkpointFile, CancellationToken cancellationToken)
    {
        var trust = LedgerTrust.None;
        if (keyFile is not null)
        {
            if (!(await InputFiles.ReadAsync(keyFile, MaxBytes, KeyOption, cancellationToken)).Then(bytes => ReadKeys(keyFile, bytes)).TryGet(out var keys, out var error))
            {
                return error;
            }

            trust = new LedgerTrust(keys);
        }

        if (checkpointFile is not null)
        {
            if (!(await InputFiles.ReadAsync(checkpointFile, MaxBytes, CheckpointOption, cancellationToken)).Then(bytes => ReadCheckpoint(checkpointFile, bytes, trust.PublicKeys)).TryGet(out var earlier, out var error))
            {
                return error;
            }

            trust = trust with { Earlier = earlier };
        }

        return trust;
    }

    /// <summary>All keys of the file: one, or each that signed in its time.</summary>
    private static Result<IReadOnlyList<ReadOnlyMemory<byte>>> ReadKeys(FileInfo file, byte[] content)
    {
        var (text, keys) = (Encoding.UTF8.GetString(content), new List<ReadOnlyMemory<byte>>());
        while (PemEncoding.TryFind(text, out var fields) && text[fields.Label] == "PUBLIC KEY")
        {
            keys.Add(Convert.FromBase64String(text[fields.Base64Data]));
            text = text[fields.Location.End..];
        }

        return keys.Count > 0 && !PemEncoding.TryFind(text, out _)
            ? keys
            : new Error(ErrorKind.Invalid, "key-malformed", $"'{file}' is not a PEM file with nothing but a PUBLIC KEY, or several.", KeyOption);
    }

    private static Result<Checkpoint> ReadCheckpoint(FileInfo file, byte[] content, IReadOnlyList<ReadOnlyMemory<byte>> keys)
    {
        if (Parse(content) is { } read)
        {
            return keys.Count == 0 ? read : Explain(VerifyWithAny(read, keys));
        }

        var note = Encoding.UTF8.GetString(content);
        return LedgerVerifier.VerifyNote(note, []).IsOk
            ? Explain(LedgerVerifier.VerifyNote(note, keys))
            : new Error(ErrorKind.Invalid, "checkpoint-malformed", $"'{file}' is neither a published checkpoint (a signed note) nor what 'gatehouse ledger checkpoint --json' prints.", CheckpointOption);
    }

    private static Result<Checkpoint> VerifyWithAny(Checkpoint read, IReadOnlyList<ReadOnlyMemory<byte>> keys)
    {
        var tries = keys.Select(key => LedgerVerifier.VerifyCheckpoint(read.Body, read.KeyId, read.Signature, key.Span)).ToList();
        return tries.Any(one => one.IsOk) ? tries.First(one => one.IsOk) : tries[^1];
    }

    private static Result<Checkpoint> Explain(Result<Checkpoint> result) => result.TryGet(out var verified, out var error)
        ? verified
        : new Refusal(error.Kind, error.Code, $"The earlier checkpoint: {error.Message}", CheckpointOption);

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
