using Gatehouse.Core.Intakes;
using Gatehouse.Core.Records;
using Xunit;

namespace Gatehouse.Core.Tests.Intakes;

/// <summary>Nothing lost, nothing twice: wherever the process dies, however messages arrive.</summary>
public class IntakeCrashTests
{
    [Fact]
    public async Task Release_DyingBeforeAnyOneOperation_EndsTheSameAndRecordsEverythingOnce()
    {
        var (operations, expected) = await RunAsync(crashAt: null);
        for (var crashAt = 1; crashAt <= operations; crashAt++)
        {
            var (_, seen) = await RunAsync(crashAt);
            Assert.Equal(expected, seen.Where(type => type != "import.failed"));
        }
    }

    [Fact]
    public async Task Release_MessagesDuplicatedAndReordered_EndsTheSame()
    {
        var (_, expected) = await RunAsync(crashAt: null);
        for (var seed = 1; seed <= 25; seed++)
        {
            var random = new Random(seed);
            var (_, seen) = await RunAsync(null, count => random.Next(count), () => random.Next(3) == 0);
            Assert.Equal(expected, seen);
        }
    }

    private static async Task<(int Operations, List<string> Events)> RunAsync(int? crashAt, Func<int, int>? choose = null, Func<bool>? twice = null)
    {
        await using var world = await IntakeWorld.CreateAsync();
        world.Registries.Crash = world.Crash;
        if (crashAt is { } operation)
        {
            world.Crash.At(operation);
        }

        var id = await UntilAsync(() => world.RequestAsync(key: "once"));
        await DriveAsync(world, id.Id, IntakeState.AwaitingApproval, choose, twice);
        await UntilAsync(async () =>
        {
            var approved = await world.Desk.ApproveAsync(id.Id, IntakeWorld.Adam, null, CancellationToken.None);
            Assert.True(approved.IsOk || approved.Error.Code == "approval-twice", approved.IsOk ? null : approved.Error.Message);
            return approved;
        });
        var released = await DriveAsync(world, id.Id, IntakeState.Released, choose, twice);

        Assert.True(crashAt is null || world.Crash.Happened || world.Crash.Operations < crashAt);
        Assert.Equal(2, world.Registries.Copies);

        // Wherever it died, one attestation was shown to anybody.
        Assert.Equal([("edge", released.Attestation!.Value), ("hub", released.Attestation.Value)], world.Registries.Attached.Keys.OrderBy(key => key.Registry));
        var events = world.EventsOf(id.Id).ToList();
        Assert.Equal(released.Events, events.Count);
        return (world.Crash.Operations, [.. events.Select(entry => entry.Type)]);
    }

    /// <summary>What a client does whose call died: it calls again.</summary>
    private static async Task<T> UntilAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RecordStoreException)
        {
            return await call();
        }
    }

    private static async Task<Intake> DriveAsync(IntakeWorld world, string id, IntakeState until, Func<int, int>? choose, Func<bool>? twice)
    {
        for (var i = 0; i < 3_000; i++)
        {
            await world.DeliverAsync(choose, twice);
            if (i % 60 == 59)
            {
                await UntilAsync(() => world.Workflow.ReconcileAsync(CancellationToken.None));
            }

            var intake = await world.GetAsync(id);
            if (intake.State == until && (until != IntakeState.Released || world.EventsOf(id).Count() == intake.Events))
            {
                return intake;
            }

            world.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var last = await world.GetAsync(id);
        throw new InvalidOperationException($"The intake stays {last.State} with {world.EventsOf(id).Count()} of {last.Events} events.");
    }
}
