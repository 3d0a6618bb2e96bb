using System.Globalization;
using System.Text;

namespace Gatehouse.Core.Attestations;

/// <summary>What a DSSE signature is over. Source: secure-systems-lab/dsse protocol.md.</summary>
internal static class Dsse
{
    public const string InTotoPayload = "application/vnd.in-toto+json";

    /// <summary>The pre-authentication encoding. It begins unlike a checkpoint, so that one key can sign both and neither passes for the other.</summary>
    public static byte[] PreAuthenticate(string payloadType, ReadOnlySpan<byte> payload)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(payloadType)} {payloadType} {payload.Length} "));
        return [.. head, .. payload];
    }
}
