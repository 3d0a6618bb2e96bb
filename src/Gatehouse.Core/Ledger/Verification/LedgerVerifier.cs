using System.Security.Cryptography;
using System.Text;
using Gatehouse.Core.Ledger.Merkle;
using Gatehouse.Core.Ledger.Publishing;
using Gatehouse.Core.Results;

namespace Gatehouse.Core.Ledger.Verification;

/// <summary>Checks everything the ledger claims from public data alone. No I/O but the stream given, no state, memory flat in the ledger's size.</summary>
public static class LedgerVerifier
{
    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>The leaf hash of an entry's data. Source: RFC 6962 section 2.1.</summary>
    public static byte[] HashLeaf(ReadOnlySpan<byte> data) => MerkleHash.Leaf(data);

    /// <summary>Whether <see cref="InclusionProof.LeafHash"/> is in the tree of that root; compare it with <see cref="HashLeaf"/> of the entry. Source: RFC 9162 section 2.1.3.2.</summary>
    public static bool VerifyInclusion(InclusionProof proof, ReadOnlySpan<byte> root)
    {
        if (proof.Index < 0 || proof.Index >= proof.Size || proof.LeafHash.Length != MerkleHash.Length || !AreHashes(proof.Path))
        {
            return false;
        }

        var (node, last, hash) = (proof.Index, proof.Size - 1, proof.LeafHash);
        foreach (var sibling in proof.Path)
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                hash = MerkleHash.Node(sibling, hash);
                for (; (node & 1) == 0 && node != 0; node >>= 1)
                {
                    last >>= 1;
                }
            }
            else
            {
                hash = MerkleHash.Node(hash, sibling);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>Whether the second tree only adds to the first. Source: RFC 9162 section 2.1.4.2.</summary>
    public static bool VerifyConsistency(ConsistencyProof proof, ReadOnlySpan<byte> firstRoot, ReadOnlySpan<byte> secondRoot)
    {
        if (proof.FirstSize < 1 || proof.FirstSize > proof.SecondSize || !AreHashes(proof.Path))
        {
            return false;
        }

        if (proof.FirstSize == proof.SecondSize)
        {
            return proof.Path.Count == 0 && firstRoot.SequenceEqual(secondRoot);
        }

        var (node, last) = (proof.FirstSize - 1, proof.SecondSize - 1);
        for (; (node & 1) == 1; node >>= 1)
        {
            last >>= 1;
        }

        // A first tree of a power of two leaves is itself the first subtree of the proof.
        var skip = node == 0 ? 0 : 1;
        if (proof.Path.Count < skip)
        {
            return false;
        }

        var first = skip == 0 ? firstRoot.ToArray() : proof.Path[0];
        var second = first;
        foreach (var sibling in proof.Path.Skip(skip))
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                (first, second) = (MerkleHash.Node(sibling, first), MerkleHash.Node(sibling, second));
                for (; (node & 1) == 0 && node != 0; node >>= 1)
                {
                    last >>= 1;
                }
            }
            else
            {
                second = MerkleHash.Node(second, sibling);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && firstRoot.SequenceEqual(first) && secondRoot.SequenceEqual(second);
    }

    /// <summary>Reads a checkpoint's text and checks its signature.</summary>
    /// <param name="publicKey">SubjectPublicKeyInfo, DER; must be a P-256 key.</param>
    public static Result<Checkpoint> VerifyCheckpoint(string body, string keyId, byte[] signature, ReadOnlySpan<byte> publicKey)
    {
        if (!CheckpointBody.TryParse(body, out var parsed))
        {
            return VerificationErrors.CheckpointMalformed();
        }

        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out var read);
            if (read != publicKey.Length || key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value != P256)
            {
                return VerificationErrors.KeyMalformed();
            }

            return key.VerifyData(Encoding.UTF8.GetBytes(body), signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
                ? new Checkpoint(parsed.Origin, parsed.Size, parsed.Root, parsed.At, keyId, body, signature)
                : VerificationErrors.SignatureWrong(keyId);
        }
        catch (CryptographicException)
        {
            return VerificationErrors.KeyMalformed();
        }
    }

    /// <summary>Reads a published checkpoint (a C2SP signed note) and checks its signature.</summary>
    /// <param name="publicKeys">Of which one must have signed it; when there are none, the text is only read.</param>
    public static Result<Checkpoint> VerifyNote(string note, IReadOnlyList<ReadOnlyMemory<byte>> publicKeys)
    {
        if (!SignedNote.TryParse(note, out var parsed))
        {
            return VerificationErrors.NoteMalformed();
        }

        var keyId = "note:" + Convert.ToHexStringLower(parsed.KeyId);
        if (publicKeys.Count == 0)
        {
            return new Checkpoint(parsed.Body.Origin, parsed.Body.Size, parsed.Body.Root, parsed.Body.At, keyId, parsed.Body.ToString(), parsed.Signature);
        }

        Result<Checkpoint> result = VerificationErrors.NoteKeyUntrusted(Convert.ToHexStringLower(parsed.KeyId));
        foreach (var key in publicKeys.Where(key => parsed.MayBeOf(key.Span)))
        {
            result = VerifyCheckpoint(parsed.Body.ToString(), keyId, parsed.Signature, key.Span);
            if (result.IsOk)
            {
                break;
            }
        }

        return result;
    }

    /// <summary>Checks a whole export: key, signature, order and number of entries, and the root recomputed over every byte.</summary>
    public static Task<Result<LedgerVerification>> VerifyExportAsync(Stream export, LedgerTrust trust, CancellationToken cancellationToken) =>
        ExportVerifier.VerifyAsync(export, trust, cancellationToken);

    private static bool AreHashes(IReadOnlyList<byte[]> path) => path.Count <= 128 && path.All(hash => hash.Length == MerkleHash.Length);
}
