using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gatehouse.Core.Ledger.Merkle;

namespace Gatehouse.Core.Ledger;

/// <summary>The text that is signed: origin, size, base64 root, and the extension line <c>time …</c>, each ended by a newline. Source: C2SP tlog-checkpoint.</summary>
internal sealed record CheckpointBody(string Origin, long Size, byte[] Root, DateTimeOffset At)
{
    private const string TimePrefix = "time ";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Origin}\n{Size}\n{Convert.ToBase64String(Root)}\n{TimePrefix}{At.UtcDateTime:O}\n");

    /// <summary>Only text that <see cref="ToString"/> could have written: a signed text has one meaning.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out CheckpointBody? body)
    {
        body = null;
        if (text.Split('\n') is not [var origin, var size, var root, var time, ""]
            || !LedgerOptions.IsOrigin(origin)
            || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var parsedSize)
            || !time.StartsWith(TimePrefix, StringComparison.Ordinal)
            || !DateTimeOffset.TryParseExact(time[TimePrefix.Length..], "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
        {
            return false;
        }

        var hash = new byte[MerkleHash.Length];
        if (!Convert.TryFromBase64String(root, hash, out var written) || written != hash.Length)
        {
            return false;
        }

        var parsed = new CheckpointBody(origin, parsedSize, hash, at);
        body = parsed.ToString() == text ? parsed : null;
        return body is not null;
    }
}
