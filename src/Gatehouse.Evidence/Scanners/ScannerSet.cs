using Gatehouse.Core.Evidence;
using Gatehouse.Evidence.Reports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Evidence.Scanners;

/// <summary>The scanners of the configuration, as long as the program runs.</summary>
internal sealed class ScannerSet(IOptions<ScannersOptions> options, ReportReader reports, TimeProvider clock, ILogger<HarborScanner> log) : IDisposable
{
    private readonly HarborScanner[] _scanners = [.. options.Value.Scanners.Select(scanner => new HarborScanner(scanner, reports, clock, log))];

    public IReadOnlyList<IScanner> Scanners => _scanners;

    public void Dispose()
    {
        foreach (var scanner in _scanners)
        {
            scanner.Dispose();
        }
    }
}
