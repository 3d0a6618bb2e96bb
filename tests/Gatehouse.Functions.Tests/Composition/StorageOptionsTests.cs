using Gatehouse.Core.Queues;
using Gatehouse.Core.Records;
using Gatehouse.Functions.Composition;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Functions.Tests.Composition;

public sealed class StorageOptionsTests
{
    [Theory]
    [InlineData("Embedded", "/data", null)]
    [InlineData("AzureTables", null, null)]
    [InlineData("Embedded", null, "Gatehouse:Storage:Directory is empty; it must be the directory that keeps records and queues.")]
    [InlineData("Cosmos", "/data", "Gatehouse:Storage:Kind is 'Cosmos'; allowed are Embedded and AzureTables.")]
    public void Validate_Kind_IsOneOfTheTwo(string kind, string? directory, string? problem)
    {
        var result = new StorageOptionsValidator().Validate(null, new StorageOptions { Kind = kind, Directory = directory });

        Assert.Equal(problem, result.FailureMessage);
    }

    [Theory]
    [InlineData("Embedded", "Gatehouse.Core")]
    [InlineData("AzureTables", "Gatehouse.Azure")]
    public async Task AddGatehouse_Kind_ChoosesRecordsAndQueues(string kind, string assembly)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Gatehouse:Storage:Kind"] = kind,
            ["Gatehouse:Storage:Directory"] = "unused",
            ["Gatehouse:Azure:Storage:ConnectionString"] = "UseDevelopmentStorage=true",
        }).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging();
        services.AddGatehouse(configuration);
        await using var provider = services.BuildServiceProvider();

        Assert.Equal(assembly, provider.GetRequiredService<IRecordStore>().GetType().Assembly.GetName().Name);
        Assert.Equal(assembly, provider.GetRequiredService<IWorkQueue>().GetType().Assembly.GetName().Name);
    }
}
