using System.Text;
using Gatehouse.Azure.Replicas;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Replicas;

public class AcrReplicaReaderTests
{
    private const string Repository = "docker.io/library/nginx";
    private const string Manifests = "/acr/v1/docker.io/library/nginx/_manifests";
    private const string Tags = "/acr/v1/docker.io/library/nginx/_tags";

    private static readonly Digest A = Digest.Parse("sha256:" + new string('a', 64)).Value;
    private static readonly Digest B = Digest.Parse("sha256:" + new string('b', 64)).Value;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, 'a', Presence.Served, false)]
    [InlineData(200, 'b', Presence.Unknown, false)]
    [InlineData(404, 'a', Presence.Missing, false)]
    [InlineData(403, 'a', Presence.Unknown, false)]
    [InlineData(405, 'a', Presence.Unknown, false)]
    [InlineData(429, 'a', Presence.Unknown, true)]
    [InlineData(500, 'a', Presence.Unknown, false)]
    [InlineData(503, 'a', Presence.Unknown, false)]
    public async Task Ask_Answer_IsServedMissingOrUnknown(int status, char digest, Presence presence, bool throttled)
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply(
            "HEAD",
            $"/v2/{Repository}/manifests/{A}",
            status,
            ("Docker-Content-Digest", "sha256:" + new string(digest, 64)),
            ("Content-Type", MediaTypes.OciManifest),
            ("Retry-After", "9")));
        using var clients = ReplicaRig.Clients();

        var answer = await new AcrReplicaReader(clients).AskAsync(ReplicaRig.Replica(server), Repository, A, Cancel);

        Assert.Equal((presence, throttled), (answer.Presence, answer.Throttled));
        Assert.Equal(presence == Presence.Unknown, answer.Reason is not null);
        Assert.Equal(throttled ? TimeSpan.FromSeconds(9) : null, throttled ? answer.RetryAfter : null);
    }

    [Fact]
    public async Task Ask_ConnectionBreaks_IsUnknown()
    {
        await using var server = await ScriptedServer.StartAsync(new ScriptStep("*", "*") { Fail = true });
        using var clients = ReplicaRig.Clients();

        Assert.Equal(Presence.Unknown, (await new AcrReplicaReader(clients).AskAsync(ReplicaRig.Replica(server), Repository, A, Cancel)).Presence);
    }

    [Theory]
    [InlineData(200, Presence.Served, false)]
    [InlineData(404, Presence.Unknown, false)]
    [InlineData(429, Presence.Unknown, true)]
    [InlineData(503, Presence.Unknown, false)]
    public async Task Ping_Answer_IsServedOrUnknown(int status, Presence presence, bool throttled)
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply("GET", "/v2/", status));
        using var clients = ReplicaRig.Clients();

        var answer = await new AcrReplicaReader(clients).PingAsync(ReplicaRig.Replica(server), Cancel);

        Assert.Equal((presence, throttled), (answer.Presence, answer.Throttled));
    }

    [Fact]
    public async Task ListManifests_Pages_AreFollowedAndAttributesRead()
    {
        await using var server = await ScriptedServer.StartAsync(
            Get(
                Manifests,
                $$$"""
                {"registry":"contoso.azurecr.io","imageName":"x","manifests":[
                  {"digest":"{{{A}}}","tags":["1.27","latest"],"changeableAttributes":{"deleteEnabled":false,"writeEnabled":false,"readEnabled":true,"listEnabled":true}}]}
                """,
                ("Link", $"<{Manifests}?last=x&n=1>; rel=\"next\"")) with
            { Times = 1 },
            Get(
                Manifests,
                $$$"""{"manifests":[{"digest":"{{{B}}}","tags":null,"changeableAttributes":{"deleteEnabled":false,"readEnabled":false}},{"digest":"{{{A}}}"}]}"""));
        using var clients = ReplicaRig.Clients();

        var listing = await new AcrReplicaReader(clients).ListManifestsAsync(ReplicaRig.Replica(server), Repository, Cancel);

        Assert.Collection(
            listing.Rows!,
            row =>
            {
                Assert.Equal((A, true, true), (row.Digest, row.Locked, row.Readable));
                Assert.Equal(["1.27", "latest"], row.Tags);
            },
            row =>
            {
                Assert.Equal((B, false, false), (row.Digest, row.Locked, row.Readable));
                Assert.Empty(row.Tags);
            },
            row => Assert.Equal((A, false, true), (row.Digest, row.Locked, row.Readable)));
        Assert.Equal([$"GET {Manifests}", $"GET {Manifests}?last=x&n=1"], server.Requests.Select(request => request.ToString()));
    }

    [Fact]
    public async Task ListTags_Rows_CarryDigestAndLock()
    {
        await using var server = await ScriptedServer.StartAsync(Get(
            Tags,
            $$$"""{"tags":[{"name":"1.27","digest":"{{{A}}}","changeableAttributes":{"deleteEnabled":false,"writeEnabled":false}},{"name":"old","digest":"{{{B}}}","changeableAttributes":null}]}"""));
        using var clients = ReplicaRig.Clients();

        var listing = await new AcrReplicaReader(clients).ListTagsAsync(ReplicaRig.Replica(server), Repository, Cancel);

        Assert.Equal([new TagRow("1.27", A, true), new TagRow("old", B, false)], listing.Rows);
    }

    [Theory]
    [InlineData("""{"tags":null}""")]
    [InlineData("""{}""")]
    [InlineData("""{"tags":[]}""")]
    public async Task ListTags_NullOrAbsent_IsEmpty(string body)
    {
        await using var server = await ScriptedServer.StartAsync(Get(Tags, body));
        using var clients = ReplicaRig.Clients();

        Assert.Empty((await new AcrReplicaReader(clients).ListTagsAsync(ReplicaRig.Replica(server), Repository, Cancel)).Rows!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"tags":{}}""")]
    [InlineData("""{"tags":["1.27"]}""")]
    [InlineData("""{"tags":[{"name":"1.27","digest":"sha256:12"}]}""")]
    [InlineData("""{"tags":[{"digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]}""")]
    public async Task ListTags_Nonsense_IsNoList(string body)
    {
        await using var server = await ScriptedServer.StartAsync(Get(Tags, body));
        using var clients = ReplicaRig.Clients();

        var listing = await new AcrReplicaReader(clients).ListTagsAsync(ReplicaRig.Replica(server), Repository, Cancel);

        Assert.Null(listing.Rows);
        Assert.NotNull(listing.Reason);
    }

    [Theory]
    [InlineData(404, """{"errors":[{"code":"NAME_UNKNOWN","message":"repository \"x\" is not found"}]}""", true, false)]
    [InlineData(404, "not found", false, false)]
    [InlineData(401, "", false, false)]
    [InlineData(429, """{"errors":[{"code":"TOOMANYREQUESTS","message":"x"}]}""", false, true)]
    [InlineData(503, "", false, false)]
    public async Task ListManifests_Failure_IsEmptyOnlyWhenTheRepositoryIsUnknown(int status, string body, bool empty, bool throttled)
    {
        await using var server = await ScriptedServer.StartAsync(Get(Manifests, body) with { Status = status });
        using var clients = ReplicaRig.Clients();

        var listing = await new AcrReplicaReader(clients).ListManifestsAsync(ReplicaRig.Replica(server), Repository, Cancel);

        Assert.Equal((empty, throttled), (listing.Rows is [], listing.Throttled));
        Assert.Equal(empty, listing.Reason is null);
    }

    [Fact]
    public async Task ListManifests_Throttled_SaysHowLongToWait()
    {
        await using var server = await ScriptedServer.StartAsync(Get(Manifests, string.Empty, ("Retry-After", "9")) with { Status = 429 });
        using var clients = ReplicaRig.Clients();

        var listing = await new AcrReplicaReader(clients).ListManifestsAsync(ReplicaRig.Replica(server), Repository, Cancel);

        Assert.Equal((true, TimeSpan.FromSeconds(9)), (listing.Throttled, listing.RetryAfter));
    }

    [Fact]
    public async Task ListManifests_RepositoryUnknownOnTheSecondPage_IsNoList()
    {
        await using var server = await ScriptedServer.StartAsync(
            Get(Manifests, """{"manifests":[]}""", ("Link", $"<{Manifests}?last=x>; rel=\"next\"")) with { Times = 1 },
            Get(Manifests, """{"errors":[{"code":"NAME_UNKNOWN","message":"x"}]}""") with { Status = 404 });
        using var clients = ReplicaRig.Clients();

        Assert.Null((await new AcrReplicaReader(clients).ListManifestsAsync(ReplicaRig.Replica(server), Repository, Cancel)).Rows);
    }

    [Fact]
    public async Task ListManifests_SecondPageFails_IsNoList()
    {
        await using var server = await ScriptedServer.StartAsync(
            Get(Manifests, """{"manifests":[]}""", ("Link", $"<{Manifests}?last=x>; rel=\"next\"")) with { Times = 1 },
            Get(Manifests, string.Empty) with { Status = 500 });
        using var clients = ReplicaRig.Clients();

        Assert.Null((await new AcrReplicaReader(clients).ListManifestsAsync(ReplicaRig.Replica(server), Repository, Cancel)).Rows);
    }

    [Fact]
    public async Task ListManifests_PagesThatLeadInACircle_AreNoList()
    {
        await using var server = await ScriptedServer.StartAsync(Get(Manifests, $$"""{"manifests":[{"digest":"{{A}}"}]}""", ("Link", $"<{Manifests}?last=x>; rel=\"next\"")));
        using var clients = ReplicaRig.Clients();

        var listing = await new AcrReplicaReader(clients).ListManifestsAsync(ReplicaRig.Replica(server), Repository, Cancel);

        Assert.Null(listing.Rows);
        Assert.Contains("same page", listing.Reason, StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task ListManifests_NoRepositoryName_IsNotAsked()
    {
        await using var server = await ScriptedServer.StartAsync();
        using var clients = ReplicaRig.Clients();

        Assert.Null((await new AcrReplicaReader(clients).ListManifestsAsync(ReplicaRig.Replica(server), "../x", Cancel)).Rows);
        Assert.Empty(server.Requests);
    }

    private static ScriptStep Get(string path, string body, params (string, string)[] headers) =>
        new("GET", path) { Body = Encoding.UTF8.GetBytes(body), Headers = headers };
}
