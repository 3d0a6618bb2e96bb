using System.Text;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Cli.Tests;

/// <summary>Answers as the API gives them.</summary>
internal static class Samples
{
    public const string Digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    public const string Watch =
        """{"id":"w1","scope":"contoso/payments","repository":"docker.io/library/alpine","tags":["3.*","latest"],"createdBy":{"id":"u1","name":"rita"},"createdAt":"2026-03-01T12:00:00+00:00"}""";

    public const string Policy =
        """{"scope":"contoso","version":3,"appliedBy":{"id":"u2","name":"paula"},"appliedAt":"2026-03-01T12:00:00+00:00","warnings":["contoso/payments asks for less"]}""";

    public static string Intake(string state = "AwaitingApproval", string id = "i1", string more = "") => $$"""
        {"id":"{{id}}","scope":"contoso/payments","image":"docker.io/library/alpine:3.20","state":"{{state}}","stateSince":"2026-03-01T12:01:00+00:00","cause":"Request",
        "requestedBy":{"id":"u1","name":"rita"},"requestedAt":"2026-03-01T12:00:00+00:00","digest":"{{Digest}}",
        "candidate":{"digest":"{{Digest}}","mediaType":"application/vnd.oci.image.index.v1+json","compressedBytes":3670016,
        "platforms":[{"platform":"linux/amd64","manifest":"{{Digest}}","compressedBytes":3670016}],"referrers":[],"resolvedAt":"2026-03-01T12:00:30+00:00"},
        "targetRepository":"docker.io/library/alpine","targetTags":["3.20"],"scans":[{"scanner":"trivy","settled":true}],
        "verdict":{"kind":"Admit","rules":[{"rule":"size","outcome":"Admit","decidedBy":"contoso/payments","line":9,"reason":"3.5 MiB is below 64 MiB"}],
        "approvalsNeeded":1,"separationOfDuties":true,"policyVersion":"p1","at":"2026-03-01T12:01:00+00:00"},
        "approvals":[{"by":{"id":"u3","name":"adam"},"at":"2026-03-01T12:02:00+00:00","comment":"fine"}],
        "imports":[{"registry":"contosohub","digest":"{{Digest}}","done":true,"attempts":1}],
        "replicas":[{"registry":"contosohub","region":"westeurope","endpoint":"hub.westeurope.geo.azurecr.io","servedAt":"2026-03-01T12:03:00+00:00","lagMs":12}],
        {{more}}"attempts":0,"updatedAt":"2026-03-01T12:03:00+00:00"}
        """;

    public static ScriptStep Json(string method, string path, string body, int status = 200) => new(method, path)
    {
        Status = status,
        Body = Encoding.UTF8.GetBytes(body),
        Headers = [("Content-Type", "application/json; charset=utf-8")],
    };

    public static ScriptStep Problem(string method, string path, int status, string body) => new(method, path)
    {
        Status = status,
        Body = Encoding.UTF8.GetBytes(body),
        Headers = [("Content-Type", "application/problem+json")],
    };

    public static string Text(this RecordedRequest request) => Encoding.UTF8.GetString(request.Body.Span);
}
