using System.Text;
using Gatehouse.Azure.Tests.Storage;
using Gatehouse.Core.Ledger.Publishing;

namespace Gatehouse.Azure.Tests.Checkpoints;

/// <summary>On a real Blob service: Azurite.</summary>
public sealed class AzuriteCheckpointTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_TwiceTheSameThenAnother_IsCreatedOnceAndForkIsSeen()
    {
        var connection = (await azurite.PeerAsync()).ConnectionString;

        Assert.IsType<PublicationOutcome.Published>(await CheckpointRig.OnAzurite(connection, "twice").PublishAsync(CheckpointRig.Checkpoint(7), Cancel));
        Assert.IsType<PublicationOutcome.Published>(await CheckpointRig.OnAzurite(connection, "twice").PublishAsync(CheckpointRig.Checkpoint(7), Cancel));
        var forked = Assert.IsType<PublicationOutcome.Forked>(await CheckpointRig.OnAzurite(connection, "twice").PublishAsync(CheckpointRig.Checkpoint(7, "another note\n"), Cancel));

        Assert.EndsWith("/twice/gatehouse/checkpoints/00000000000000000007", forked.Place, StringComparison.Ordinal);
        Assert.IsType<PublicationOutcome.Published>(await CheckpointRig.OnAzurite(connection, "twice").PublishAsync(CheckpointRig.Checkpoint(7), Cancel));
    }

    [Fact]
    public async Task Publish_OriginWithSlashesAndMarks_IsOneBlob()
    {
        var publisher = CheckpointRig.OnAzurite((await azurite.PeerAsync()).ConnectionString, "origins");
        var odd = CheckpointRig.Checkpoint(1) with { Origin = "example.com/log?#%41" };

        Assert.IsType<PublicationOutcome.Published>(await publisher.PublishAsync(odd, Cancel));
        Assert.IsType<PublicationOutcome.Published>(await publisher.PublishAsync(odd, Cancel));
        Assert.IsType<PublicationOutcome.Forked>(await publisher.PublishAsync(odd with { Note = Encoding.UTF8.GetString([65]) }, Cancel));
    }
}
