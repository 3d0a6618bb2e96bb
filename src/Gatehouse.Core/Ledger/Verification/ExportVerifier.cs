using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Core.Ledger.Merkle;
using Gatehouse.Core.Records;
using Gatehouse.Core.Results;

namespace Gatehouse.Core.Ledger.Verification;

/// <summary>Reads an export line by line, recomputing the root with one subtree hash per bit of the size.</summary>
internal static class ExportVerifier
{
    /// <summary>The longest entry in base64, and the little JSON around it.</summary>
    private const int MaxLineLength = (((RecordLimits.MaxDataBytes + 2) / 3) * 4) + 128;

    public static async Task<Result<LedgerVerification>> VerifyAsync(Stream export, LedgerTrust trust, CancellationToken cancellationToken)
    {
        var lines = new JsonLineReader(export, MaxLineLength);
        var line = 1L;
        try
        {
            var header = await lines.ReadAsync(cancellationToken) is { } first
                ? JsonSerializer.Deserialize(first.Span, ExportJsonContext.Default.ExportHeader)
                : null;
            if (!Open(header, trust).TryGet(out var opened, out var refusal))
            {
                return refusal;
            }

            var root = new RootBuilder(opened.Checkpoint, trust.Earlier);
            for (line = 2; await lines.ReadAsync(cancellationToken) is { } entry; line++)
            {
                if (root.Add(entry.Span, line) is { } wrong)
                {
                    return wrong;
                }
            }

            return root.Finish() is { } mismatch ? mismatch : opened;
        }
        catch (JsonException exception)
        {
            return VerificationErrors.ExportMalformed(line, $"it is not the JSON expected here ({exception.Message})");
        }
        catch (InvalidDataException exception)
        {
            return VerificationErrors.ExportMalformed(line, exception.Message);
        }
    }

    private static Result<LedgerVerification> Open(ExportHeader? header, LedgerTrust trust)
    {
        if (header?.Format != LedgerExport.Format)
        {
            return VerificationErrors.ExportMalformed(1, $"the format is '{header?.Format}', not '{LedgerExport.Format}'");
        }

        if (!TryReadPem(header.PublicKey, out var publicKey))
        {
            return VerificationErrors.KeyMalformed();
        }

        var fingerprint = Fingerprint(publicKey);
        if (trust.PublicKeys.Count > 0 && !trust.PublicKeys.Any(trusted => trusted.Span.SequenceEqual(publicKey)))
        {
            return VerificationErrors.KeyUntrusted(fingerprint, trust.PublicKeys.Select(trusted => Fingerprint(trusted.Span)));
        }

        return LedgerVerifier.VerifyCheckpoint(header.Checkpoint, header.KeyId, header.Signature, publicKey).Then<LedgerVerification>(checkpoint =>
            trust.Earlier is { } earlier && (earlier.Size > checkpoint.Size || earlier.Origin != checkpoint.Origin)
                ? VerificationErrors.Rewritten(earlier.Size)
                : new LedgerVerification(checkpoint, trust.PublicKeys.Count > 0, fingerprint, trust.Earlier is not null));
    }

    private static bool TryReadPem(string text, out byte[] publicKey)
    {
        publicKey = [];
        if (!PemEncoding.TryFind(text, out var fields) || text[fields.Label] != "PUBLIC KEY")
        {
            return false;
        }

        publicKey = Convert.FromBase64String(text[fields.Base64Data]);
        return true;
    }

    private static string Fingerprint(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey));

    private sealed class RootBuilder(Checkpoint checkpoint, Checkpoint? earlier)
    {
        private readonly CompactRange _range = new();

        /// <summary>A leaf prefix and an entry's data, in one piece for the hash.</summary>
        private byte[] _leaf = new byte[4096];

        public Error? Add(ReadOnlySpan<byte> line, long number)
        {
            var (index, length) = Parse(line);
            if (index != _range.Size)
            {
                return VerificationErrors.EntryOutOfOrder(number, index, _range.Size);
            }

            Span<byte> hash = stackalloc byte[MerkleHash.Length];
            SHA256.HashData(_leaf.AsSpan(0, 1 + length), hash);
            _range.Append(hash);
            return _range.Size == earlier?.Size && !_range.Root().AsSpan().SequenceEqual(earlier.Root) ? VerificationErrors.Rewritten(earlier.Size) : null;
        }

        public Error? Finish()
        {
            if (_range.Size != checkpoint.Size)
            {
                return VerificationErrors.SizeMismatch(_range.Size, checkpoint.Size);
            }

            return _range.Root().AsSpan().SequenceEqual(checkpoint.Root) ? null : VerificationErrors.RootMismatch(checkpoint.Size);
        }

        /// <summary>Reads <c>{"index":…,"data":"…"}</c>, with the data decoded into <see cref="_leaf"/>.</summary>
        private (long Index, int Length) Parse(ReadOnlySpan<byte> line)
        {
            var json = new Utf8JsonReader(line);
            Require(json.Read() && json.TokenType == JsonTokenType.StartObject && json.Read() && json.ValueTextEquals("index"u8) && json.Read());
            Require(json.TokenType == JsonTokenType.Number && json.TryGetInt64(out _));
            var index = json.GetInt64();
            Require(json.Read() && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("data"u8) && json.Read() && json.TokenType == JsonTokenType.String);
            var length = json.ValueIsEscaped ? DecodeEscaped(json) : Decode(json.ValueSpan);
            Require(json.Read() && json.TokenType == JsonTokenType.EndObject && !json.Read());
            return (index, length);
        }

        private int Decode(ReadOnlySpan<byte> base64)
        {
            MakeRoom(Base64.GetMaxDecodedFromUtf8Length(base64.Length));
            Require(Base64.DecodeFromUtf8(base64, _leaf.AsSpan(1), out _, out var written) == OperationStatus.Done);
            return written;
        }

        /// <summary>Ours has no escapes, but another writer's JSON may.</summary>
        private int DecodeEscaped(Utf8JsonReader json)
        {
            Require(json.TryGetBytesFromBase64(out var data));
            MakeRoom(data!.Length);
            data.CopyTo(_leaf, 1);
            return data.Length;
        }

        private void MakeRoom(int length)
        {
            if (_leaf.Length < 1 + length)
            {
                _leaf = new byte[1 + (length * 2)];
            }

            _leaf[0] = MerkleHash.LeafPrefix;
        }

        private static void Require(bool condition)
        {
            if (!condition)
            {
                throw new InvalidDataException("an entry is {\"index\":number,\"data\":\"base64\"}");
            }
        }
    }
}

internal sealed record ExportHeader(string Format, string Checkpoint, byte[] Signature, string KeyId, string PublicKey);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ExportHeader))]
internal sealed partial class ExportJsonContext : JsonSerializerContext;
