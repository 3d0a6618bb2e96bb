using Gatehouse.Core.Ledger;
using Gatehouse.Core.Ledger.Publishing;
using Gatehouse.Core.Ledger.Verification;
using Gatehouse.Core.Records;
using Gatehouse.Core.Tests.Records.Embedded;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gatehouse.Core.Tests.Ledger.Publishing;

public sealed class CheckpointPublicationTests
{
    [Fact]
    public async Task Seal_WithAPublisher_PublishesWhatTheKeySigned()
    {
        await using var rig = await LedgerRig.OpenAsync();
        var publisher = Publisher(rig);
        await SealAsync(rig, 0, 5);
        await SealAsync(rig, 5, 3);

        Assert.Equal([5, 8], publisher.Notes.Keys);
        var newest = LedgerVerifier.VerifyNote(publisher.Notes[8], [await rig.Signer.GetPublicKeyAsync(LedgerRig.Cancellation)]).Value;
        var signed = await rig.Ledger.GetCheckpointAsync(LedgerRig.Cancellation);
        Assert.Equal(signed!.Body, newest.Body);
        Assert.Equal(signed.Signature, newest.Signature);
        await rig.SealAsync();
        Assert.Equal(2, publisher.Calls);
    }

    [Fact]
    public async Task Seal_PublisherAway_GoesOnAndCatchesUpInOrder()
    {
        await using var rig = await LedgerRig.OpenAsync();
        var publisher = Publisher(rig);
        await SealAsync(rig, 0, 1);
        publisher.Away = "no answer";
        await SealAsync(rig, 1, 1);
        await SealAsync(rig, 2, 1);
        Assert.Equal(3, (await rig.Ledger.GetCheckpointAsync(LedgerRig.Cancellation))!.Size);
        Assert.Equal([1], publisher.Notes.Keys);
        Assert.Null(await Publication(rig).FindProblemAsync(LedgerRig.Cancellation));

        publisher.Away = null;
        await rig.SealAsync();

        Assert.Equal([1, 2, 3], publisher.Notes.Keys);
    }

    /// <summary>Sealing waits for what this does, so a place that takes calls and never answers must not keep it.</summary>
    [Fact]
    public async Task Seal_PublisherThatNeverAnswers_IsLeftAloneAndTriedAtTheNextRun()
    {
        await using var rig = await LedgerRig.OpenAsync();
        var publisher = Publisher(rig);
        publisher.Asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sealing = SealAsync(rig, 0, 1);
        await publisher.Asked.Task.WaitAsync(LedgerRig.Cancellation);
        rig.Clock.Advance(TimeSpan.FromSeconds(20));
        await sealing.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, LedgerRig.Cancellation);
        Assert.Empty(publisher.Notes);

        publisher.Asked = null;
        await rig.SealAsync();

        Assert.Equal([1], publisher.Notes.Keys);
    }

    [Fact]
    public async Task CatchUp_Cancelled_IsNoFailureOfThePublisher()
    {
        await using var rig = await LedgerRig.OpenAsync();
        await SealAsync(rig, 0, 1);
        var publisher = Publisher(rig);
        publisher.Asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(LedgerRig.Cancellation);
        var running = Publication(rig).CatchUpAsync(stop.Token);
        await publisher.Asked.Task.WaitAsync(LedgerRig.Cancellation);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Seal_PublisherConfiguredLater_PublishesTheWholeHistoryPieceByPiece()
    {
        await using var rig = await LedgerRig.OpenAsync();
        for (var i = 0; i < 7; i++)
        {
            await SealAsync(rig, i, 1);
        }

        var publisher = Publisher(rig);
        var publication = new CheckpointPublication(rig.Store, publisher, rig.Clock, NullLogger<CheckpointPublication>.Instance, maxPerRun: 3);
        await publication.CatchUpAsync(LedgerRig.Cancellation);
        Assert.Equal([1, 2, 3], publisher.Notes.Keys);
        await publication.CatchUpAsync(LedgerRig.Cancellation);
        await publication.CatchUpAsync(LedgerRig.Cancellation);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], publisher.Notes.Keys);
        Assert.Equal(7, publisher.Calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Seal_CrashAtEveryCommit_PublishesEveryCheckpointThereIs(bool applyLast)
    {
        for (var dieAt = 1; ; dieAt++)
        {
            await using var rig = await LedgerRig.OpenAsync();
            var publisher = Publisher(rig);
            await SealAsync(rig, 0, 3);
            await rig.AppendAsync(3, 4);

            rig.Store.Revive(dieAt, applyLast);
            var died = false;
            try
            {
                await rig.SealAsync();
            }
            catch (RecordStoreException)
            {
                died = true;
            }

            rig.Store.Revive();
            Assert.Subset(new HashSet<long> { 3, 7 }, publisher.Notes.Keys.ToHashSet());
            Assert.True(publisher.Notes.Keys.Last() <= (await rig.Ledger.GetCheckpointAsync(LedgerRig.Cancellation))!.Size, "A checkpoint was published before it was committed.");
            await rig.SealAsync();

            Assert.Equal([3, 7], publisher.Notes.Keys);
            if (!died)
            {
                return;
            }
        }
    }

    [Fact]
    public async Task Seal_AnotherCheckpointOfTheSizeIsThere_AlarmsAndStops()
    {
        await using var rig = await LedgerRig.OpenAsync();
        var publisher = Publisher(rig);
        await SealAsync(rig, 0, 2);
        publisher.Notes[4] = "another history";
        var log = new CollectingLogger();
        var publication = Publication(rig, log);
        await SealAsync(rig, 2, 2);
        await SealAsync(rig, 4, 2);
        await publication.CatchUpAsync(LedgerRig.Cancellation);

        Assert.Equal([2, 4], publisher.Notes.Keys);
        Assert.Contains(log.Entries, entry => entry is { Name: "Forked", Level: LogLevel.Critical });
        Assert.Contains("notes/4", await publication.FindProblemAsync(LedgerRig.Cancellation), StringComparison.Ordinal);

        // Another instance, which has not sealed, knows it from the row; and the alarm ends with its cause.
        Assert.Contains("forked", await Publication(rig).FindProblemAsync(LedgerRig.Cancellation), StringComparison.Ordinal);
        publisher.Notes.Remove(4);
        await publication.CatchUpAsync(LedgerRig.Cancellation);
        Assert.Null(await publication.FindProblemAsync(LedgerRig.Cancellation));
        Assert.Equal([2, 4, 6], publisher.Notes.Keys);
    }

    [Fact]
    public async Task FindProblem_AskedOften_ReadsTheStoreOnceInAWhile()
    {
        await using var rig = await LedgerRig.OpenAsync();
        Publisher(rig);
        var publication = Publication(rig);
        Assert.Null(await publication.FindProblemAsync(LedgerRig.Cancellation));

        rig.Store.Revive(dieAt: 0);
        Assert.Null(await publication.FindProblemAsync(LedgerRig.Cancellation));
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await publication.FindProblemAsync(LedgerRig.Cancellation));
    }

    [Fact]
    public async Task FindProblem_DamagedRow_IsSaidAndNotThrown()
    {
        await using var rig = await LedgerRig.OpenAsync();
        Publisher(rig);
        await rig.Store.CommitAsync(new RecordBatch(LedgerKeys.Table, LedgerKeys.HeadPartition).Upsert(LedgerKeys.PublishedRow, "{"u8.ToArray()), LedgerRig.Cancellation);

        Assert.Contains("not readable", await Publication(rig).FindProblemAsync(LedgerRig.Cancellation), StringComparison.Ordinal);
    }

    private static FakePublisher Publisher(LedgerRig rig)
    {
        var publisher = new FakePublisher();
        rig.Publisher = publisher;
        return publisher;
    }

    private static CheckpointPublication Publication(LedgerRig rig, CollectingLogger? log = null)
    {
        using var factory = new LoggerFactory([new OneLogger(log)]);
        return new CheckpointPublication(rig.Store, rig.Publisher, rig.Clock, log is null ? NullLogger<CheckpointPublication>.Instance : factory.CreateLogger<CheckpointPublication>());
    }

    private static async Task SealAsync(LedgerRig rig, int from, int count)
    {
        await rig.AppendAsync(from, count);
        Assert.Equal(count, await rig.SealAsync());
    }

    private sealed class OneLogger(ILogger? logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logger ?? NullLogger.Instance;

        public void Dispose()
        {
            // Nothing to let go of.
        }
    }
}
