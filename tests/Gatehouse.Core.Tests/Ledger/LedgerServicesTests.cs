using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.TestKit.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Gatehouse.Core.Tests.Ledger;

public sealed class LedgerServicesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddGatehouseLedger_OverEmbeddedStorage_Seals()
    {
        using var directory = new TempDirectory();
        await using var provider = new ServiceCollection().AddLogging()
            .AddEmbeddedStorage(options => options.Directory = directory["data"])
            .AddLocalCheckpointSigner(_ => directory["ledger.pem"])
            .AddGatehouseLedger()
            .BuildServiceProvider();
        var ledgerEvent = new LedgerEvent("1", DateTimeOffset.UnixEpoch, LedgerEventTypes.PolicyApplied, "user:ada", "policy:contoso", null, new Dictionary<string, string>(StringComparer.Ordinal));

        await provider.GetRequiredService<ILedgerInbox>().AppendAsync([ledgerEvent], Cancellation);
        var count = await provider.GetRequiredService<ILedgerSealer>().SealAsync(Cancellation);

        Assert.Equal(1, count);
        Assert.Equal(1, (await provider.GetRequiredService<ILedger>().GetCheckpointAsync(Cancellation))!.Size);
    }

    [Theory]
    [InlineData("two words", 100)]
    [InlineData("", 100)]
    [InlineData("a+b", 100)]
    [InlineData("gatehouse", 15)]
    [InlineData("gatehouse", 65_537)]
    public async Task Options_OutOfRange_AreRefused(string origin, int maxEventsPerRound)
    {
        await using var provider = new ServiceCollection().AddGatehouseLedger()
            .Configure<LedgerOptions>(options => (options.Origin, options.MaxEventsPerRound) = (origin, maxEventsPerRound))
            .BuildServiceProvider();

        var refusal = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<LedgerOptions>>().Value);
        Assert.StartsWith("Gatehouse:Ledger:", refusal.Message, StringComparison.Ordinal);
    }
}
