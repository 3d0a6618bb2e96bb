using System.Collections.Concurrent;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Ledger.Sealing;
using Gatehouse.Core.Records;
using Moq;
using Xunit;

namespace Gatehouse.Core.Tests.Ledger.Sealing;

public class LedgerInboxTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Append_EventsOfOneOrigin_AreOneTransactionAndStayInOnePartition()
    {
        var batches = new ConcurrentQueue<RecordBatch>();
        var store = new Mock<IRecordStore>(MockBehavior.Strict);
        store.Setup(records => records.CommitAsync(It.IsAny<RecordBatch>(), It.IsAny<CancellationToken>()))
            .Callback((RecordBatch batch, CancellationToken _) => batches.Enqueue(batch))
            .ReturnsAsync((RecordBatch batch, CancellationToken _) => new CommitResult(CommitOutcome.Committed, new string?[batch.Operations.Count]));
        var inbox = new LedgerInbox(store.Object);

        await inbox.AppendAsync([Event("i1", 2, Start), Event("i1", 3, Start), Event("i1", 4, Start)], TestContext.Current.CancellationToken);
        await inbox.AppendAsync([Event("i1", 5, Start.AddHours(1))], TestContext.Current.CancellationToken);

        Assert.Equal([3, 1], batches.Select(batch => batch.Operations.Count));
        Assert.Single(batches.Select(batch => batch.Partition).Distinct());
    }

    [Fact]
    public void Partition_ManyOrigins_AreSpread()
    {
        var partitions = Enumerable.Range(0, 400).Select(i => LedgerKeys.InboxPartitionOf(LedgerEvent.MakeId(Start, $"i{i}", 0))).CountBy(partition => partition).ToList();

        Assert.Equal(LedgerKeys.InboxPartitions, partitions.Count);
        Assert.All(partitions, partition => Assert.InRange(partition.Value, 5, 60));
    }

    [Theory]
    [InlineData("no-origin")]
    [InlineData("one~tilde")]
    public void Partition_IdOfAnotherForm_IsStillAlwaysTheSame(string id) => Assert.Equal(LedgerKeys.InboxPartitionOf(id), LedgerKeys.InboxPartitionOf(id));

    private static LedgerEvent Event(string origin, int sequence, DateTimeOffset at) => new(
        LedgerEvent.MakeId(at, origin, sequence), at, "intake.judged", "system:test", "intake:" + origin, null, new Dictionary<string, string>());
}
