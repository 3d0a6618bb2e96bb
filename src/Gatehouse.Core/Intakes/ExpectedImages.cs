using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Core.Records;

namespace Gatehouse.Core.Intakes;

/// <summary>What approved intakes announced before they imported it.</summary>
internal sealed class ExpectedImages(IRecordStore records) : IExpectedImages
{
    public async Task<bool> IsExpectedAsync(string repository, Digest digest, CancellationToken cancellationToken) =>
        await records.GetAsync(new RecordKey(IntakeRows.ClaimTable, IntakeRows.ExpectedPartition(repository), digest.ToString()), cancellationToken) is not null;
}
