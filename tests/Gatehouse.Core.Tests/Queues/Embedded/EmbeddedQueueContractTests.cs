using Gatehouse.Contracts;
using Gatehouse.Core.Queues.Embedded;
using Gatehouse.Core.Time;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Core.Tests.Queues.Embedded;

public sealed class EmbeddedQueueContractTests : WorkQueueContract, IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ManualTimeProvider _clock = new();

    /// <summary>Two objects over one directory, as two processes would have.</summary>
    protected override Task<WorkQueueFixture> OpenAsync() => Task.FromResult(new WorkQueueFixture(Queue(1), Queue(2), PassAsync));

    public void Dispose() => _directory.Dispose();

    private EmbeddedQueue Queue(int seed) => new(_directory.Path, _clock, new IdSource(_clock, new SeededEntropy(seed)));

    private Task PassAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return Task.CompletedTask;
    }
}
