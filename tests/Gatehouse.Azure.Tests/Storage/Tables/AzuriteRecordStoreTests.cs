using Gatehouse.Contracts;
using Gatehouse.Core.Records;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Azure.Tests.Storage.Tables;

public sealed class AzuriteRecordStoreTests(AzuriteFixture azurite) : RecordStoreContract, IClassFixture<AzuriteFixture>, IAsyncDisposable
{
    private ServiceProvider? _provider;

    protected override int ModelRuns => 6;

    public ValueTask DisposeAsync() => _provider?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override async Task<IRecordStore> OpenAsync()
    {
        _provider = StorageRig.Connect((await azurite.PeerAsync()).ConnectionString);
        return _provider.GetRequiredService<IRecordStore>();
    }
}
