using Gatehouse.Core.Ledger;
using Gatehouse.Core.Results;
using Xunit;

namespace Gatehouse.Core.Tests.Ledger.Sealing;

public sealed class SignerAwayTests
{
    [Fact]
    public async Task Seal_KeyDeniedForLong_LeavesABoundedTailAndSealsEachEventOnceAfterwards()
    {
        const int Round = 16;
        await using var rig = await LedgerRig.OpenAsync();
        rig.Signing = new DeniedSigner();
        for (var run = 0; run < 6; run++)
        {
            await rig.AppendAsync(run * 20, 20);
            await Assert.ThrowsAsync<SigningException>(() => rig.Sealer(Round).SealAsync(LedgerRig.Cancellation));
        }

        Assert.Null(await rig.Ledger.GetCheckpointAsync(LedgerRig.Cancellation));
        Assert.Equal(120, (await rig.PendingAsync()).Count);
        Assert.InRange(await ProvisionalAsync(rig), 1, 2 * Round);

        rig.Signing = rig.Signer;
        Assert.Equal(120, await rig.Sealer(Round).SealAsync(LedgerRig.Cancellation));

        var ids = await rig.IdsAsync();
        Assert.Equal(120, ids.Distinct().Count());
        await rig.AssertHoldsAsync((await rig.EntriesAsync()).Select(entry => LedgerEventJson.Parse(entry.Data.Span)));
    }

    private static Task<int> ProvisionalAsync(LedgerRig rig) =>
        new EntryReader(rig.Store).ReadAsync(0, long.MaxValue, LedgerRig.Cancellation).CountAsync(LedgerRig.Cancellation).AsTask();

    private sealed class DeniedSigner : ICheckpointSigner
    {
        private readonly SigningException _denied = new(new Error(ErrorKind.Unavailable, "denied", "The key may not be used."));

        public Task<string> GetKeyIdAsync(CancellationToken cancellationToken) => throw _denied;

        public Task<byte[]> GetPublicKeyAsync(CancellationToken cancellationToken) => throw _denied;

        public Task<KeySignature> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => throw _denied;
    }
}
