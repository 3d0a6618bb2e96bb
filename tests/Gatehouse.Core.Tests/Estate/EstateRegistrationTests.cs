using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Records;
using Gatehouse.Core.Watches;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Moq;
using Xunit;

namespace Gatehouse.Core.Tests.Estate;

public sealed class EstateRegistrationTests
{
    [Fact]
    public void Registration_WithItsPorts_ResolvesEverythingAndBindsItsSections()
    {
        using var services = Build(new() { ["Gatehouse:Estate:Path"] = "/etc/estate.yaml", ["Gatehouse:Health:FailuresToUnavailable"] = "1", ["Gatehouse:Watches:HostConcurrency"] = "2" });

        Assert.NotNull(services.GetRequiredService<IEstateMonitor>());
        Assert.NotNull(services.GetRequiredService<IReleasedImages>());
        Assert.NotNull(services.GetRequiredService<IWatchService>());
        Assert.Equal("/etc/estate.yaml", services.GetRequiredService<IOptions<EstateOptions>>().Value.Path);
        Assert.Equal(1, services.GetRequiredService<IOptions<HealthOptions>>().Value.FailuresToUnavailable);
        Assert.Equal(2, services.GetRequiredService<IOptions<WatchOptions>>().Value.HostConcurrency);
    }

    [Theory]
    [InlineData("Gatehouse:Estate:Path", " ")]
    [InlineData("Gatehouse:Estate:Document", "")]
    [InlineData("Gatehouse:Estate:Document", "{\"kind\":\"Estate\"}")]
    [InlineData("Gatehouse:Health:FailuresToDegraded", "0")]
    [InlineData("Gatehouse:Health:FailuresToDegraded", "4")]
    [InlineData("Gatehouse:Health:FailuresToUnavailable", "101")]
    [InlineData("Gatehouse:Health:SuccessesToRecover", "0")]
    [InlineData("Gatehouse:Health:SilenceToUnknown", "00:00:10")]
    [InlineData("Gatehouse:Health:RefreshInterval", "01:00:00")]
    [InlineData("Gatehouse:Health:ProbeConcurrency", "0")]
    [InlineData("Gatehouse:Health:ListFailuresToStop", "0")]
    [InlineData("Gatehouse:Watches:Concurrency", "257")]
    [InlineData("Gatehouse:Watches:HostConcurrency", "0")]
    [InlineData("Gatehouse:Watches:MaxTagsPerWatch", "0")]
    [InlineData("Gatehouse:Watches:FailuresToStopHost", "0")]
    public void Options_OutOfRange_FailAtStartAndNameTheKey(string key, string value)
    {
        using var services = Build(new() { [key] = value });

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(key, error.Message);
        Assert.Contains("; write ", error.Message);
    }

    private static ServiceProvider Build(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .AddSingleton<TimeProvider>(new ManualTimeProvider())
        .AddSingleton<IRecordStore>(new MemoryRecordStore())
        .AddSingleton<ILedgerInbox>(new RecordingInbox())
        .AddSingleton<IReplicaReader>(new FakeReplicas())
        .AddSingleton(Mock.Of<IExpectedImages>())
        .AddSingleton(Mock.Of<IImageResolver>())
        .AddSingleton(Mock.Of<IIntakeDesk>())
        .AddLogging()
        .AddGatehouseEstate()
        .AddGatehouseWatches()
        .BuildServiceProvider(validateScopes: true);
}
