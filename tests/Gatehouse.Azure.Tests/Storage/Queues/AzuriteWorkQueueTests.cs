using Gatehouse.Contracts;
using Gatehouse.Core.Queues;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Azure.Tests.Storage.Queues;

public sealed class AzuriteWorkQueueTests(AzuriteFixture azurite) : WorkQueueContract, IClassFixture<AzuriteFixture>, IAsyncDisposable
{
    /// <summary>The service rounds times to whole seconds.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1.2);

    private ServiceProvider? _provider;

    public ValueTask DisposeAsync() => _provider?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override async Task<WorkQueueFixture> OpenAsync()
    {
        _provider = StorageRig.Connect((await azurite.PeerAsync()).ConnectionString);
        return new WorkQueueFixture(
            _provider.GetRequiredService<IWorkQueue>(),
            _provider.GetRequiredService<IWorkQueueReceiver>(),
            PassAsync);
    }

    /// <summary>The service's clock is the real one: there is nothing to ask, only time to pass.</summary>
    private static async Task PassAsync(TimeSpan time)
    {
        using var timer = new PeriodicTimer(time + Rounding, TimeProvider.System);
        await timer.WaitForNextTickAsync(Cancellation);
    }
}
