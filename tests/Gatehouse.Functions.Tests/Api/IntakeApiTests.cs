using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;
using Gatehouse.Functions.Tests.Support;
using Moq;

namespace Gatehouse.Functions.Tests.Api;

public sealed class IntakeApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(true, 202)]
    [InlineData(false, 200)]
    public async Task Submit_NewOrStanding_IsToldApart(bool created, int status)
    {
        var expected = new IntakeRequest(Samples.Payments, ImageReference.Parse("alpine:3.20").Value, new Actor("user:ada", "Ada"), IntakeCause.Request, "key-1", "needed");
        _host.Desk.Setup(desk => desk.RequestAsync(expected, It.IsAny<CancellationToken>())).ReturnsAsync(new IntakeReceipt(Samples.Intake(), created));

        var answer = await _host.SendAsync("POST", "/api/intakes", "Requester", """{"scope":"contoso/payments","image":"alpine:3.20","justification":"needed"}""", headers: ("Idempotency-Key", "key-1"));

        Assert.Equal(status, answer.Status);
        Assert.Equal("/api/intakes/01j0intake", answer.Headers["Location"]);
        Assert.Equal("Requested", answer.Json["state"]!.GetValue<string>());
        Assert.Equal("docker.io/library/alpine:3.20", answer.Json["image"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"scope":"Contoso","image":"alpine"}""", "scope-malformed", "scope")]
    [InlineData("""{"image":"alpine"}""", "scope-malformed", "scope")]
    [InlineData("""{"scope":"contoso","image":"UPPER/case"}""", "reference-malformed", "image")]
    [InlineData("""{"scope":"contoso"}""", "reference-malformed", "image")]
    [InlineData("""{"scope":7,"image":"alpine"}""", "body-malformed", "scope")]
    [InlineData("""{"scope":"contoso","scope":"other","image":"alpine"}""", "body-malformed", null)]
    [InlineData("""null""", "body-malformed", "body")]
    [InlineData("""[]""", "body-malformed", "body")]
    [InlineData("""{""", "body-malformed", "body")]
    public async Task Submit_BadBody_NamesTheField(string body, string code, string? field)
    {
        var answer = await _host.SendAsync("POST", "/api/intakes", "Requester", body);

        Assert.Equal(400, answer.Status);
        Assert.Equal("application/problem+json", answer.MediaType);
        Assert.Equal(code, answer.Code);
        if (field is not null)
        {
            Assert.Equal(field, answer.Json["field"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Submit_BodyBeyondTheLimit_Is413()
    {
        var answer = await _host.SendAsync("POST", "/api/intakes", "Requester", $$"""{"scope":"contoso","image":"alpine","justification":"{{new string('x', 1024 * 1024)}}"}""");

        Assert.Equal(413, answer.Status);
        Assert.Equal("body-too-large", answer.Code);
    }

    [Fact]
    public async Task Submit_OtherContentType_Is415()
    {
        var answer = await _host.SendAsync("POST", "/api/intakes", "Requester", "{}", "text/plain");

        Assert.Equal(415, answer.Status);
        Assert.Equal("content-type", answer.Code);
    }

    [Fact]
    public async Task Submit_KeyWithSpaces_IsRefused() =>
        Assert.Equal("idempotency-key-malformed", (await _host.SendAsync("POST", "/api/intakes", "Requester", """{"scope":"contoso","image":"alpine"}""", headers: ("Idempotency-Key", "a b"))).Code);

    [Fact]
    public async Task Submit_RequesterOfAnotherScope_IsForbidden()
    {
        var answer = await _host.SendAsync("POST", "/api/intakes", "Requester:contoso/web", """{"scope":"contoso/payments","image":"alpine"}""");

        Assert.Equal(403, answer.Status);
        Assert.Contains("Requester for the scope 'contoso/payments'", answer.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_AllFilters_ReachTheDesk()
    {
        _host.Desk.Setup(desk => desk.ListAsync(new IntakeFilter(Samples.Payments, IntakeState.AwaitingApproval, 7, "next"), It.IsAny<CancellationToken>()))
            .ReturnsAsync(new IntakePage([Samples.Intake()], "more"));

        var answer = await _host.SendAsync("GET", "/api/intakes?scope=contoso/payments&state=awaitingapproval&take=7&continuation=next", "Reader");

        Assert.Equal("more", answer.Json["continuation"]!.GetValue<string>());
        Assert.Single(answer.Json["intakes"]!.AsArray());
    }

    [Theory]
    [InlineData("take=0", "take")]
    [InlineData("take=201", "take")]
    [InlineData("take=many", "take")]
    [InlineData("take=1&take=2", "take")]
    [InlineData("state=Sleeping", "state")]
    [InlineData("state=3", "state")]
    [InlineData("scope=A", "scope")]
    public async Task List_BadQuery_NamesTheField(string query, string field)
    {
        var answer = await _host.SendAsync("GET", "/api/intakes?" + query, "Reader");

        Assert.Equal(400, answer.Status);
        Assert.Equal(field, answer.Json["field"]!.GetValue<string>());
        Assert.Equal(field == "state", answer.Json["allowed"] is not null);
    }

    [Fact]
    public async Task Get_WithTheSameETag_Is304()
    {
        _host.Desk.Setup(desk => desk.GetAsync("01j0intake", It.IsAny<CancellationToken>())).ReturnsAsync(new StoredIntake(Samples.Intake(), "W/\"v1\""));

        var first = await _host.SendAsync("GET", "/api/intakes/01j0intake", "Reader");
        var second = await _host.SendAsync("GET", "/api/intakes/01j0intake", "Reader", headers: ("If-None-Match", first.Headers["ETag"]));

        Assert.Equal(200, first.Status);
        Assert.Equal(304, second.Status);
        Assert.Empty(second.Text);
    }

    [Fact]
    public async Task Get_Unknown_Is404()
    {
        _host.Desk.Setup(desk => desk.GetAsync("x", It.IsAny<CancellationToken>())).ReturnsAsync(new Error(ErrorKind.NotFound, "intake-unknown", "There is no intake 'x'.", "id"));

        var answer = await _host.SendAsync("GET", "/api/intakes/x", "Reader");

        Assert.Equal(404, answer.Status);
        Assert.Equal("urn:gatehouse:problem:intake-unknown", answer.Json["type"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("Approver", 200)]
    [InlineData("Approver:contoso", 200)]
    [InlineData("Approver:contoso/payments", 200)]
    [InlineData("Approver:contoso/payments/ledger", 403)]
    [InlineData("Approver:contoso/pay", 403)]
    [InlineData("Approver:", 403)]
    [InlineData("Approver:*", 403)]
    [InlineData("approver", 403)]
    [InlineData("Operator", 403)]
    [InlineData("Requester", 403)]
    [InlineData(null, 401)]
    public async Task Approve_ByRole_IsJudgedInTheIntakesScope(string? role, int status)
    {
        _host.Desk.Setup(desk => desk.GetAsync("01j0intake", It.IsAny<CancellationToken>())).ReturnsAsync(new StoredIntake(Samples.Intake(), "1"));
        _host.Desk.Setup(desk => desk.ApproveAsync("01j0intake", new Actor("user:ada", "Ada"), "fine", It.IsAny<CancellationToken>())).ReturnsAsync(Samples.Intake(state: IntakeState.Approved));

        var answer = await _host.SendAsync("POST", "/api/intakes/01j0intake/approve", role, """{"comment":"fine"}""");

        Assert.Equal(status, answer.Status);
        _host.Desk.Verify(desk => desk.ApproveAsync(It.IsAny<string>(), It.IsAny<Actor>(), It.IsAny<string>(), It.IsAny<CancellationToken>()), Times.Exactly(status == 200 ? 1 : 0));
        if (status == 403)
        {
            Assert.Contains("Approver", answer.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Approve_WithoutBody_NeedsNoComment()
    {
        _host.Desk.Setup(desk => desk.GetAsync("01j0intake", It.IsAny<CancellationToken>())).ReturnsAsync(new StoredIntake(Samples.Intake(), "1"));
        _host.Desk.Setup(desk => desk.ApproveAsync("01j0intake", It.IsAny<Actor>(), null, It.IsAny<CancellationToken>())).ReturnsAsync(Samples.Intake());

        Assert.Equal(200, (await _host.SendAsync("POST", "/api/intakes/01j0intake/approve", "Approver")).Status);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"comment":"  "}""")]
    public async Task Reject_WithoutComment_IsRefused(string body) =>
        Assert.Equal("comment-missing", (await _host.SendAsync("POST", "/api/intakes/01j0intake/reject", "Approver", body)).Code);

    [Fact]
    public async Task Retry_InTheWrongState_Is409()
    {
        _host.Desk.Setup(desk => desk.RetryAsync("01j0intake", It.IsAny<Actor>(), It.IsAny<CancellationToken>())).ReturnsAsync(new Error(ErrorKind.Conflict, "intake-not-faulted", "It is Released."));

        Assert.Equal(409, (await _host.SendAsync("POST", "/api/intakes/01j0intake/retry", "Operator")).Status);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/vnd.aquasec.trivy+json")]
    public async Task Evidence_TrivyReport_IsFiledUnderTheScannersName(string contentType)
    {
        ScanReport? filed = null;
        _host.Desk.Setup(desk => desk.AddReportAsync("01j0intake", It.IsAny<Actor>(), It.IsAny<ScanReport>(), It.IsAny<CancellationToken>()))
            .Callback((string _, Actor _, ScanReport report, CancellationToken _) => filed = report)
            .ReturnsAsync(Samples.Intake());

        var answer = await _host.SendAsync("POST", "/api/intakes/01j0intake/evidence?scanner=trivy", "Scanner", """{"SchemaVersion":2,"ArtifactName":"alpine","ArtifactType":"container_image","Results":[]}""", contentType);

        Assert.Equal(200, answer.Status);
        Assert.Equal("trivy", filed!.Scanner);
    }

    [Fact]
    public async Task Evidence_NoKnownReport_IsRefused() =>
        Assert.Equal(400, (await _host.SendAsync("POST", "/api/intakes/01j0intake/evidence", "Scanner", """{"hello":1}""")).Status);

    [Fact]
    public async Task Evidence_Filed_IsShown()
    {
        var report = new ScanReport("trivy", "0.60", "trivy-json", Samples.Now, Samples.Digest, [new Finding("CVE-2024-3094", "xz", "5.6.0", "5.6.2", Severity.Critical)]);
        _host.Desk.Setup(desk => desk.GetEvidenceAsync("01j0intake", It.IsAny<CancellationToken>()))
            .ReturnsAsync(Result(new ScanEvidence("trivy", EvidenceState.Present, report, null, Samples.Now)));

        var answer = await _host.SendAsync("GET", "/api/intakes/01j0intake/evidence", "Scanner");

        Assert.Equal("Critical", answer.Json["evidence"]![0]!["report"]!["highest"]!.GetValue<string>());
        static Result<IReadOnlyList<ScanEvidence>> Result(params ScanEvidence[] evidence) => evidence;
    }
}
