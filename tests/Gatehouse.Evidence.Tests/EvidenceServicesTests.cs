using Gatehouse.Core.Evidence;
using Gatehouse.Evidence.Reports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gatehouse.Evidence.Tests;

public class EvidenceServicesTests
{
    [Fact]
    public async Task AddGatehouseEvidence_ConfiguredScanners_AreAllThereByName()
    {
        await using var services = Services(
            ("Gatehouse:Scanners:0:Name", "trivy"),
            ("Gatehouse:Scanners:0:Url", "https://trivy.example"),
            ("Gatehouse:Scanners:0:Authorization:Kind", "Bearer"),
            ("Gatehouse:Scanners:0:Authorization:Secret", "x"),
            ("Gatehouse:Scanners:1:Name", "clair"),
            ("Gatehouse:Scanners:1:Url", "https://clair.example"));

        Assert.Equal(["trivy", "clair"], services.GetRequiredService<IEnumerable<IScanner>>().Select(scanner => scanner.Name));
        Assert.Equal(TestReportsFormats, services.GetRequiredService<ReportReader>().Formats);
    }

    [Fact]
    public async Task AddGatehouseEvidence_NoScanners_IsAnEmptyList()
    {
        await using var services = Services();

        Assert.Empty(services.GetRequiredService<IEnumerable<IScanner>>());
    }

    [Fact]
    public async Task AddGatehouseEvidence_BadScanner_DoesNotStart()
    {
        await using var services = Services(("Gatehouse:Scanners:0:Name", "trivy"), ("Gatehouse:Scanners:0:Url", "nowhere"));

        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IEnumerable<IScanner>>());

        Assert.Contains("Gatehouse:Scanners:0:Url", failure.Message, StringComparison.Ordinal);
    }

    private static readonly string[] TestReportsFormats = ["trivy-json", "grype-json", "sarif-2.1.0", "harbor-1.1", "harbor-1.0"];

    private static ServiceProvider Services(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, string? (setting) => setting.Value)).Build())
        .AddSingleton(TimeProvider.System)
        .AddLogging()
        .AddGatehouseEvidence()
        .BuildServiceProvider();
}
