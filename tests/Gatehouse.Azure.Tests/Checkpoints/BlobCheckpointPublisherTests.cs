using System.Text;
using Gatehouse.Azure.Tests.Http;
using Gatehouse.Core.Ledger.Publishing;
using Gatehouse.TestKit.Http;

namespace Gatehouse.Azure.Tests.Checkpoints;

/// <summary>Faults of the Blob service. Source: Put Blob, Blob service error codes, immutable storage.</summary>
public sealed class BlobCheckpointPublisherTests
{
    private const string Blob = "/checkpoints/gatehouse/checkpoints/00000000000000000007";
    private const string Keys = "/checkpoints/gatehouse/keys/*";

    private static readonly ScriptStep Created = new("PUT", "*") { Status = 201, Headers = [("ETag", "\"1\""), ("Last-Modified", "Sun, 01 Mar 2026 12:00:00 GMT")] };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_New_CreatesKeyThenNoteOnce()
    {
        await using var server = await ScriptedServer.StartAsync(Created);
        var publisher = CheckpointRig.InAzure(server.BaseUri);

        Assert.IsType<PublicationOutcome.Published>(await publisher.PublishAsync(CheckpointRig.Checkpoint(7), Cancel));
        Assert.IsType<PublicationOutcome.Published>(await publisher.PublishAsync(CheckpointRig.Checkpoint(8), Cancel));

        Assert.Equal(
            ["/checkpoints/gatehouse/keys/039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81.pem", Blob, Blob[..^1] + "8"],
            server.Requests.Select(request => request.Path));
        Assert.All(server.Requests, request => Assert.Equal(("*", "Bearer entra-token"), (request.Header("If-None-Match"), request.Authorization)));
        Assert.Equal("a note\n", Encoding.UTF8.GetString(server.Requests[1].Body.Span));
        Assert.Equal("-----BEGIN PUBLIC KEY-----\nAQID\n-----END PUBLIC KEY-----\n", Encoding.UTF8.GetString(server.Requests[0].Body.Span));
    }

    [Theory]
    [InlineData(409, "BlobAlreadyExists")]
    [InlineData(412, "ConditionNotMet")]
    [InlineData(409, "BlobImmutableDueToPolicy")]
    public async Task Publish_SameIsThere_IsPublished(int status, string code)
    {
        await using var server = await ScriptedServer.StartAsync(Created with { Path = Keys }, Refusal("PUT", Blob, status, code), Content("a note\n"));

        Assert.IsType<PublicationOutcome.Published>(await CheckpointRig.InAzure(server.BaseUri).PublishAsync(CheckpointRig.Checkpoint(7), Cancel));
    }

    [Theory]
    [InlineData("another note\n")]
    [InlineData("")]
    [InlineData("a note\na note\n")]
    public async Task Publish_AnotherIsThere_IsForked(string found)
    {
        await using var server = await ScriptedServer.StartAsync(Created with { Path = Keys }, Refusal("PUT", Blob, 409, "BlobAlreadyExists"), Content(found));

        var forked = Assert.IsType<PublicationOutcome.Forked>(await CheckpointRig.InAzure(server.BaseUri).PublishAsync(CheckpointRig.Checkpoint(7), Cancel));

        Assert.Equal("https://account.blob.core.windows.net" + Blob, forked.Place);
    }

    [Fact]
    public async Task Publish_HugeBlobIsThere_IsForkedWithoutReadingItAll()
    {
        await using var server = await ScriptedServer.StartAsync(Created with { Path = Keys }, Refusal("PUT", Blob, 409, "BlobAlreadyExists"), Content(new string('x', 100_000)));

        Assert.IsType<PublicationOutcome.Forked>(await CheckpointRig.InAzure(server.BaseUri).PublishAsync(CheckpointRig.Checkpoint(7), Cancel));
    }

    [Fact]
    public async Task Publish_ReplyLostAfterItWasAccepted_IsPublished()
    {
        await using var server = await ScriptedServer.StartAsync(
            Created with { Path = Keys },
            new ScriptStep("PUT", Blob) { Fail = true, Times = 1 },
            Refusal("PUT", Blob, 409, "BlobAlreadyExists"),
            Content("a note\n"));

        Assert.IsType<PublicationOutcome.Published>(await CheckpointRig.InAzure(server.BaseUri).PublishAsync(CheckpointRig.Checkpoint(7), Cancel));
        Assert.Equal(2, server.Count("PUT", Blob));
    }

    [Theory]
    [InlineData(403, "AuthorizationPermissionMismatch", "Storage Blob Data Contributor")]
    [InlineData(404, "ContainerNotFound", "Gatehouse:Azure:Checkpoints:ContainerUri")]
    [InlineData(429, "TooManyRequests", "TooManyRequests")]
    [InlineData(503, "ServerBusy", "ServerBusy")]
    [InlineData(500, "InternalError", "InternalError")]
    public async Task Publish_Refused_FailsWithWhatWouldHelp(int status, string code, string hint)
    {
        await using var server = await ScriptedServer.StartAsync(Refusal("PUT", "*", status, code));

        var failed = Assert.IsType<PublicationOutcome.Failed>(await CheckpointRig.InAzure(server.BaseUri).PublishAsync(CheckpointRig.Checkpoint(7), Cancel));

        Assert.Contains(hint, failed.Reason, StringComparison.Ordinal);
        Assert.Contains("https://account.blob.core.windows.net/checkpoints/gatehouse", failed.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("entra-token", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(status is 429 or >= 500 ? 3 : 1, server.Requests.Count);
        Assert.Equal(0, server.Count("PUT", "/checkpoints"));
    }

    [Theory]
    [InlineData(429, "TooManyRequests")]
    [InlineData(503, "ServerBusy")]
    public async Task Publish_StormThatPasses_IsPublished(int status, string code)
    {
        await using var server = await ScriptedServer.StartAsync(Refusal("PUT", "*", status, code) with { Times = 2 }, Created);

        Assert.IsType<PublicationOutcome.Published>(await CheckpointRig.InAzure(server.BaseUri).PublishAsync(CheckpointRig.Checkpoint(7), Cancel));
    }

    [Fact]
    public async Task Publish_ConflictThatCannotBeRead_Fails()
    {
        await using var server = await ScriptedServer.StartAsync(
            Created with { Path = Keys },
            Refusal("PUT", Blob, 409, "BlobAlreadyExists"),
            Refusal("GET", Blob, 403, "AuthorizationPermissionMismatch") with { Times = 1 },
            Refusal("GET", Blob, 404, "BlobNotFound"));
        var publisher = CheckpointRig.InAzure(server.BaseUri);

        Assert.IsType<PublicationOutcome.Failed>(await publisher.PublishAsync(CheckpointRig.Checkpoint(7), Cancel));
        Assert.IsType<PublicationOutcome.Failed>(await publisher.PublishAsync(CheckpointRig.Checkpoint(7), Cancel));
    }

    [Fact]
    public async Task Publish_NobodyAnswersOrNoIdentity_Fails()
    {
        await using var server = await ScriptedServer.StartAsync(new ScriptStep("PUT", "*") { Fail = true });

        Assert.IsType<PublicationOutcome.Failed>(await CheckpointRig.InAzure(server.BaseUri).PublishAsync(CheckpointRig.Checkpoint(7), Cancel));
        var nobody = Assert.IsType<PublicationOutcome.Failed>(await CheckpointRig.InAzure(server.BaseUri, new StubCredential(null)).PublishAsync(CheckpointRig.Checkpoint(7), Cancel));

        Assert.Contains("no identity here", nobody.Reason, StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Publish_TokenRefusedOnce_AsksOnceForANewerOne()
    {
        await using var server = await ScriptedServer.StartAsync(Refusal("PUT", Keys, 401, "InvalidAuthenticationInfo") with { Times = 1 }, Created);
        var credential = new StubCredential();

        Assert.IsType<PublicationOutcome.Published>(await CheckpointRig.InAzure(server.BaseUri, credential).PublishAsync(CheckpointRig.Checkpoint(7), Cancel));

        Assert.Equal(3, server.Requests.Count);
        Assert.Single(credential.Asked, asked => asked.Claims is not null);
        Assert.All(credential.Asked, asked => Assert.Equal(["https://storage.azure.com/.default"], asked.Scopes));
    }

    [Fact]
    public async Task Publish_ThrottledForGood_SaysTheWaitAndTheIdsAndIsLoggedOnce()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Reply("PUT", "*", 503, ("x-ms-error-code", "ServerBusy"), ("x-ms-request-id", "service-1"), ("Retry-After", "120")));
        var logs = new LogRecorder();

        var failed = Assert.IsType<PublicationOutcome.Failed>(await CheckpointRig.InAzure(server.BaseUri, logs: logs).PublishAsync(CheckpointRig.Checkpoint(7), Cancel));

        var client = Assert.Single(server.Requests).Header("x-ms-client-request-id");
        Assert.EndsWith($"; it wants to be left alone for 120 seconds (client request {client}, request service-1).", failed.Reason, StringComparison.Ordinal);
        var told = Assert.Single(logs.Entries, entry => entry.Event == "CallFailed");
        Assert.Equal((503, "ServerBusy", client, "service-1"), ((int)told.Values["Status"]!, told.Values["Code"], told.Values["ClientRequestId"], told.Values["RequestId"]));
    }

    private static ScriptStep Content(string text) => ScriptStep.Get(Blob, text, ("ETag", "\"1\""), ("Last-Modified", "Sun, 01 Mar 2026 12:00:00 GMT"), ("x-ms-blob-type", "BlockBlob"));

    private static ScriptStep Refusal(string method, string path, int status, string code) => new(method, path)
    {
        Status = status,
        Headers = [("x-ms-error-code", code), ("Content-Type", "application/xml")],
        Body = Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>refused</Message></Error>"),
    };
}
