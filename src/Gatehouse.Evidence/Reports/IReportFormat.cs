using Gatehouse.Core.Evidence;

namespace Gatehouse.Evidence.Reports;

/// <summary>One format of vulnerability report.</summary>
internal interface IReportFormat
{
    /// <summary>What <see cref="ScanReport.Format"/> says.</summary>
    string Name { get; }

    /// <summary>The media type that means this format and no other, lower case and without parameters; null when there is none.</summary>
    string? MediaType { get; }

    /// <summary>Whether the document looks like this format, however broken it may be inside.</summary>
    bool Recognises(ReportNode document);

    /// <summary>The report; null, with the reason in the document's <see cref="ReportSource"/>, when it makes no sense.</summary>
    /// <param name="scanner">The name to file it under; null for the name the report gives itself.</param>
    ScanReport? Read(ReportNode document, string? scanner);
}
