using Gatehouse.Core.Evidence;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;
using Gatehouse.Evidence.Reports;
using Gatehouse.Functions.Api.Http;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Problems;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Functions.Api.Intakes;

/// <summary>Evidence filed for an intake, and reports pushed to it.</summary>
internal static class EvidenceEndpoints
{
    public static void MapEvidence(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/intakes/{id}/evidence", GetAsync).RequireAuthorization(Access.ReadIntakes)
            .Produces<EvidenceListDocument>()
            .Describe("GetEvidence", "The evidence filed for an intake.", 404);
        routes.MapPost("/api/intakes/{id}/evidence", FileAsync).RequireAuthorization(Access.FileEvidence)
            .Accepts<object>("application/json", "application/*").Produces<IntakeDocument>()
            .Describe("FileEvidence", "Files a scan report (Trivy, Grype, SARIF, Harbor) of at most 32 MiB; query scanner names who made it.", 400, 404, 409, 413);
    }

    private static async Task<IResult> GetAsync(string id, [FromServices] IIntakeDesk desk, CancellationToken cancellationToken) =>
        (await desk.GetEvidenceAsync(id, cancellationToken)).ToOk(IntakeMapping.ToDocument, ApiJson.Default.EvidenceListDocument);

    private static async Task<IResult> FileAsync(
        string id,
        HttpContext http,
        [FromServices] IIntakeDesk desk,
        [FromServices] ReportReader reports,
        CancellationToken cancellationToken) =>
        (await ReadAsync(http.Request, reports, cancellationToken)).TryGet(out var report, out var error)
            ? (await desk.AddReportAsync(id, http.User.Actor(), report, cancellationToken)).ToOk(IntakeMapping.ToDocument, ApiJson.Default.IntakeDocument)
            : error.ToProblem();

    private static async Task<Result<ScanReport>> ReadAsync(HttpRequest request, ReportReader reports, CancellationToken cancellationToken) =>
        (await RequestBody.ReadAsync(request, ReportReader.MaxBytes, cancellationToken))
            .Then(body => reports.Read(body, request.ContentType, QueryValues.Text(request, "scanner")));
}
