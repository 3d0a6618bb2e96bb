using Gatehouse.Core.Evidence;
using Gatehouse.Evidence.Reports;
using Gatehouse.Evidence.Reports.Formats;
using Gatehouse.Evidence.Scanners;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Evidence;

public static class EvidenceServices
{
    /// <summary>The report reader, and the configured scanners as <c>IEnumerable&lt;IScanner&gt;</c>, which leaves out scanners registered singly. Wants logging, a configuration and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddGatehouseEvidence(this IServiceCollection services)
    {
        services.AddSingleton<IReportFormat, TrivyFormat>();
        services.AddSingleton<IReportFormat, GrypeFormat>();
        services.AddSingleton<IReportFormat, SarifFormat>();
        services.AddSingleton<IReportFormat>(HarborFormat.Version11);
        services.AddSingleton<IReportFormat>(HarborFormat.Version10);
        services.AddSingleton(provider => new ReportReader(provider.GetServices<IReportFormat>()));
        services.AddOptions<ScannersOptions>().BindConfiguration(ScannersOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ScannersOptions>, ScannersOptionsValidator>());
        services.AddSingleton<ScannerSet>();

        // How many there are is known only from the configuration, so the whole list is one service.
        services.AddSingleton<IEnumerable<IScanner>>(provider => provider.GetRequiredService<ScannerSet>().Scanners);
        return services;
    }
}
