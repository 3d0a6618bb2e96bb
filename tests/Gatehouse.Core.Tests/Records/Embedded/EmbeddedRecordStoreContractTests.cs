using Gatehouse.Contracts;
using Gatehouse.Core.Records;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.TestKit.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Core.Tests.Records.Embedded;

public sealed class EmbeddedRecordStoreContractTests : RecordStoreContract, IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private EmbeddedRecordStore? _store;

    protected override async Task<IRecordStore> OpenAsync() =>
        _store ??= await EmbeddedRecordStore.OpenAsync(new EmbeddedStoreOptions { Directory = _directory.Path }, NullLogger.Instance, Cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _directory.Dispose();
    }
}
