using System.Text;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Results;
using Gatehouse.Evidence.Reports;
using Gatehouse.Evidence.Reports.Formats;

namespace Gatehouse.Evidence.Tests.Reports;

internal static class TestReports
{
    public static ReportReader Reader { get; } = new([new TrivyFormat(), new GrypeFormat(), new SarifFormat(), HarborFormat.Version11, HarborFormat.Version10]);

    /// <summary>Every report file in Data that some format reads.</summary>
    public static IReadOnlyList<string> Readable { get; } =
    [
        "trivy/alpine-39-high-critical.json", "trivy/amazon-2.json", "trivy/debian-buster.json", "trivy/debian-buster-ignore-unfixed.json",
        "trivy/gomod-vex.json", "trivy/npm.json", "trivy/ubi-7.json", "trivy/alpine-310.sarif",
    ];

    public static byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", file));

    public static Result<ScanReport> Read(string json, string? contentType = null, string? scanner = null) =>
        Reader.Read(Encoding.UTF8.GetBytes(json), contentType, scanner);
}
