namespace Gatehouse.Core.Rescans;

/// <param name="Images">Released images looked at.</param>
/// <param name="Asked">Images whose scanners were asked anew.</param>
/// <param name="Judged">Images whose new reports were all in and were judged.</param>
/// <param name="Failing">Of the judged, those that the policy of today would refuse.</param>
public sealed record RescanReport(int Images, int Asked, int Judged, int Failing);

/// <summary>An image does not change after its release; what is known about it does.</summary>
public interface IRescanService
{
    /// <summary>Asks the scanners about released images whose last scan is old, collects what they have answered, and judges by today's policy. One that would be refused now is recorded in the ledger, once for each set of reasons.</summary>
    Task<RescanReport> RunAsync(CancellationToken cancellationToken);
}
