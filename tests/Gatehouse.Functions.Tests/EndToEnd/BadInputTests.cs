using System.Net;
using System.Net.Http.Headers;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Tests.Support;

namespace Gatehouse.Functions.Tests.EndToEnd;

/// <summary>What the whole app, with its real domain, says to input it cannot take.</summary>
[Collection(PublishedCollection.Name)]
public sealed class BadInputTests(PublishedEstateFixture fixture) : IClassFixture<PublishedEstateFixture>
{
    private const int BodyLimit = 1024 * 1024;

    private PublishedEstate Estate => fixture.Estate;

    [Theory]
    [InlineData("Upper/case:1.0")]
    [InlineData("alpine:")]
    [InlineData("alpine@sha256:abc")]
    [InlineData("https://docker.io/library/alpine")]
    [InlineData("")]
    public async Task Submit_MalformedReference_NamesTheImage(string image)
    {
        var answer = await Estate.SendAsync("POST", "/api/intakes", PublishedEstate.Rita, PublishedEstate.Submission(image));

        AssertProblem(answer, HttpStatusCode.BadRequest, "reference-malformed", "image");
    }

    [Fact]
    public async Task Submit_ScopeWithoutAPolicyAbove_NamesTheScope()
    {
        var answer = await Estate.SendAsync("POST", "/api/intakes", PublishedEstate.Rita, PublishedEstate.Submission("alpine:3.20", "fabrikam/web"));

        AssertProblem(answer, HttpStatusCode.NotFound, "scope-unknown", "scope");
        Assert.Contains("fabrikam/web", answer.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_KeyOfAnotherRequest_IsAConflict()
    {
        var first = await Estate.SendAsync("POST", "/api/intakes", PublishedEstate.Rita, PublishedEstate.Submission(Image("team/keyed:1.0")), key: "one-key");
        var second = await Estate.SendAsync("POST", "/api/intakes", PublishedEstate.Rita, PublishedEstate.Submission(Image("team/keyed:2.0")), key: "one-key");

        Assert.Equal(202, first.Status);
        AssertProblem(second, HttpStatusCode.Conflict, "idempotency-key-reused", "Idempotency-Key");
    }

    [Fact]
    public async Task Submit_BodyBeyondTheLimit_IsTooLargeHoweverItIsSent()
    {
        var body = PublishedEstate.Submission("alpine:3.20")[..^1] + $",\"justification\":\"{new string('x', BodyLimit)}\"}}";
        var measured = await Estate.SendAsync("POST", "/api/intakes", PublishedEstate.Rita, body);
        AssertProblem(measured, HttpStatusCode.RequestEntityTooLarge, "body-too-large", "body");

        // Without a Content-Length the limit is met while reading.
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Estate.App.Address, "/api/intakes")) { Content = new StringContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Estate.TokenOf(PublishedEstate.Rita));
        using var chunked = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.StatusCode);
    }

    [Fact]
    public async Task ApplyPolicy_ThatLoosens_NamesBothLines()
    {
        const string child = """
            apiVersion: gatehouse/v1
            kind: Policy
            scope: contoso/payments
            rules:
              vulnerabilities:
                maxSeverity: critical
              approval:
                separationOfDuties: false
            """;
        var answer = await Estate.SendAsync("PUT", "/api/policies/contoso/payments", PublishedEstate.Paula, child, "application/yaml");

        AssertProblem(answer, HttpStatusCode.Conflict, "policy-loosens", "rules.vulnerabilities.maxSeverity");
        var detail = answer.Json["detail"]!.GetValue<string>();
        Assert.Contains("contoso/payments line 6 asks for critical; contoso line 9 allows at most high", detail, StringComparison.Ordinal);
        Assert.Contains("contoso/payments line 8 asks for no separation of duties; contoso line 13 demands it", detail, StringComparison.Ordinal);
        Assert.Equal(404, (await Estate.SendAsync("GET", "/api/policies/contoso/payments", PublishedEstate.Paula)).Status);
    }

    [Fact]
    public async Task ApplyPolicy_UnknownKey_SaysWhatIsAllowed()
    {
        const string document = "apiVersion: gatehouse/v1\nkind: Policy\nscope: contoso/web\nrules:\n  vulnerabilites:\n    maxSeverity: low\n";
        var answer = await Estate.SendAsync("PUT", "/api/policies/contoso/web", PublishedEstate.Paula, document, "application/yaml");

        AssertProblem(answer, HttpStatusCode.BadRequest, "policy-malformed", "rules.vulnerabilites");
        Assert.Contains("line 5", answer.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("vulnerabilities", answer.Json["allowed"]!.AsArray().Select(allowed => allowed!.GetValue<string>()));
    }

    [Fact]
    public async Task ListIntakes_UnknownState_SaysWhatIsAllowed()
    {
        var answer = await Estate.SendAsync("GET", "/api/intakes?state=Sleeping", PublishedEstate.Adam);

        Assert.Equal(400, answer.Status);
        Assert.Equal("state", answer.Json["field"]!.GetValue<string>());
        Assert.Contains("AwaitingApproval", answer.Json["allowed"]!.AsArray().Select(allowed => allowed!.GetValue<string>()));
    }

    [Fact]
    public async Task Act_WithoutTheRole_NamesTheRoleItTakes()
    {
        var reader = new LocalIdentity("rolf", "Rolf", ["Reader"]);

        AssertProblem(await Estate.SendAsync("POST", "/api/intakes", reader, PublishedEstate.Submission("alpine:3.20")), HttpStatusCode.Forbidden, "role-missing", null, "Requester");
        AssertProblem(await Estate.SendAsync("PUT", "/api/policies/contoso", PublishedEstate.Adam, Policies.Contoso, "application/yaml"), HttpStatusCode.Forbidden, "role-missing", null, "PolicyAdmin");
        AssertProblem(await Estate.SendAsync("POST", "/api/intakes/x/approve", PublishedEstate.Paula), HttpStatusCode.Forbidden, "role-missing", null, "Approver");
    }

    [Fact]
    public async Task Approve_OwnThenOthersThenAgain_IsTakenOnceFromSomeoneElse()
    {
        await Estate.Azure.PushAsync("team/approved", "1.0", TestContext.Current.CancellationToken, "amd64");
        var id = await Estate.RequestAsync(Image("team/approved:1.0"));
        AssertProblem(await ApproveAsync(id, PublishedEstate.Adam), HttpStatusCode.Conflict, "intake-state", "state");
        await Estate.DriveAsync(id, "AwaitingApproval");

        AssertProblem(await ApproveAsync(id, PublishedEstate.Rita), HttpStatusCode.Forbidden, "approval-own-request", null, "contoso separates the duties");
        Assert.Equal(200, (await ApproveAsync(id, PublishedEstate.Adam)).Status);
        AssertProblem(await ApproveAsync(id, PublishedEstate.Adam), HttpStatusCode.Conflict, "approval-twice", null);
        Assert.Single((await Estate.IntakeAsync(id))["approvals"]!.AsArray());
    }

    [Fact]
    public async Task Approve_ByAnApproverOfAnotherScope_IsForbidden()
    {
        await Estate.Azure.PushAsync("team/scoped", "1.0", TestContext.Current.CancellationToken, "amd64");
        var id = await Estate.RequestAsync(Image("team/scoped:1.0"));
        await Estate.DriveAsync(id, "AwaitingApproval");
        var stranger = new LocalIdentity("sven", "Sven", ["Reader", "Approver"], ["contoso/web"]);

        AssertProblem(await ApproveAsync(id, stranger), HttpStatusCode.Forbidden, "role-missing", null, "Approver for the scope 'contoso/payments'");
        Assert.Equal("AwaitingApproval", (await Estate.IntakeAsync(id))["state"]!.GetValue<string>());
    }

    private string Image(string name) => $"{Estate.Azure.UpstreamHost}/{name}";

    private Task<Answer> ApproveAsync(string id, LocalIdentity who) => Estate.SendAsync("POST", $"/api/intakes/{id}/approve", who, """{"comment":"fine"}""");

    private static void AssertProblem(Answer answer, HttpStatusCode status, string code, string? field, string? detail = null)
    {
        Assert.True((int)status == answer.Status, answer.Text);
        Assert.Equal("application/problem+json", answer.MediaType);
        Assert.Equal(code, answer.Code);
        Assert.Equal(field, answer.Json["field"]?.GetValue<string>());
        if (detail is not null)
        {
            Assert.Contains(detail, answer.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }
}
