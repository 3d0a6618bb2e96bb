using System.Globalization;
using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Core.Records;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Policies.Storage;

/// <summary>Ties a verdict's <see cref="Verdict.PolicyVersion"/> to the text of the documents it names.</summary>
internal sealed class PolicyFingerprints(IRecordStore records)
{
    /// <summary>SHA-256 over a line <c>scope@version sha256-hex</c> for each document, in the verdict's order; null when one of them is not kept here.</summary>
    public async Task<Digest?> OfAsync(string version, CancellationToken cancellationToken)
    {
        var lines = new StringBuilder();
        foreach (var part in version.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (await FindAsync(part, cancellationToken) is not { } document)
            {
                return null;
            }

            lines.Append(CultureInfo.InvariantCulture, $"{part} {document.Sha256}\n");
        }

        return lines.Length == 0 ? null : Digest.OfBytes(Encoding.UTF8.GetBytes(lines.ToString()));
    }

    private async Task<PolicyVersion?> FindAsync(string part, CancellationToken cancellationToken)
    {
        var at = part.LastIndexOf('@');
        if (at < 0
            || !Scope.Parse(part[..at]).TryGet(out var scope, out _)
            || !int.TryParse(part.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var record = await records.GetAsync(new RecordKey(PolicyKeys.Table, PolicyKeys.Partition(scope), PolicyKeys.DocumentRow(scope, number)), cancellationToken);
        return record is null ? null : PolicyJson.Read(record, PolicyJson.Default.PolicyVersion);
    }
}
