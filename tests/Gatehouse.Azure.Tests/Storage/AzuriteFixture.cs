using Gatehouse.TestKit.Peers;

namespace Gatehouse.Azure.Tests.Storage;

/// <summary>One Azurite for the tests of a class, started by the first that asks: only a test can be skipped.</summary>
public sealed class AzuriteFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private AzuritePeer? _peer;

    public async Task<AzuritePeer> PeerAsync()
    {
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _peer ??= await AzuritePeer.StartAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_peer is not null)
        {
            await _peer.DisposeAsync();
        }

        _starting.Dispose();
    }
}
