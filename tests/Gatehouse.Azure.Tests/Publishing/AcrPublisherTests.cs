using Gatehouse.Azure.Publishing;
using Gatehouse.Azure.Tests.Replicas;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.TestKit.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Azure.Tests.Publishing;

public sealed class AcrPublisherTests : IAsyncLifetime
{
    private const string Tags = $"/acr/v1/{FakeRepository.Name}/_tags/1.27";

    private readonly FakeRepository _repository = new();
    private readonly RegistryClientFactory _clients = ReplicaRig.Clients();
    private readonly Digest _old;
    private readonly Digest _new;
    private ScriptedServer _server = null!;

    public AcrPublisherTests() => (_old, _new) = (_repository.AddManifest("old", locked: true), _repository.AddManifest("new"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AcrPublisher Publisher => new(_clients, NullLogger<AcrPublisher>.Instance);

    /// <summary>The home replica is scripted; the other addresses must not be asked, so nothing listens there.</summary>
    private RegistryDefinition Registry => new(
        "contoso",
        "/r",
        "127.0.0.1:1",
        "westeurope",
        "a",
        [new ReplicaDefinition("contoso", "northeurope", "127.0.0.1:1"), new ReplicaDefinition("contoso", "westeurope", _server.Host)]);

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.StartAsync(_repository.Step);

    public ValueTask DisposeAsync()
    {
        _clients.Dispose();
        return _server.DisposeAsync();
    }

    [Fact]
    public async Task Publish_NewTag_IsSetAndBothAreLocked()
    {
        Assert.Null(Assert.IsType<PublishOutcome.Published>(await PublishAsync()).Previous);

        Assert.Equal((_new.ToString(), true), _repository.Tag("1.27"));
        Assert.True(_repository.IsLocked(_new));
    }

    [Fact]
    public async Task Publish_DoneAlready_OnlyReadsTwice()
    {
        await PublishAsync();
        var before = _server.Requests.Count;

        Assert.Null(Assert.IsType<PublishOutcome.Published>(await PublishAsync()).Previous);

        Assert.Equal(["GET", "GET"], _server.Requests.Skip(before).Select(request => request.Method));
    }

    [Fact]
    public async Task Publish_TagRightButOpen_IsLockedWithoutAPush()
    {
        _repository.SetTag("1.27", _new, locked: false);

        Assert.IsType<PublishOutcome.Published>(await PublishAsync());

        Assert.Equal((_new.ToString(), true), _repository.Tag("1.27"));
        Assert.True(_repository.IsLocked(_new));
        Assert.Equal(0, _server.Count("PUT", "*"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Publish_TagElsewhere_MovesAndSaysWhereItWas(bool locked)
    {
        _repository.SetTag("1.27", _old, locked);

        Assert.Equal(_old, Assert.IsType<PublishOutcome.Published>(await PublishAsync()).Previous);

        Assert.Equal((_new.ToString(), true), _repository.Tag("1.27"));
        Assert.True(_repository.IsLocked(_old));
        Assert.Equal(locked ? 2 : 1, _server.Count("PATCH", Tags));
    }

    [Fact]
    public async Task Publish_PushedBytes_AreTheManifestsOwn()
    {
        await PublishAsync();

        var put = _server.Requests.Single(request => request.Method == "PUT");
        Assert.Equal(_new, Digest.OfBytes(put.Body.Span));
        Assert.Equal(MediaTypes.OciManifest, put.Header("Content-Type"));
    }

    [Fact]
    public async Task Publish_LockedManifestTakesNoTag_IsUnlockedForItAndLockedAgain()
    {
        _repository.RefusesTagsOnLockedManifests = true;
        var digest = _repository.AddManifest("third", locked: true);

        Assert.IsType<PublishOutcome.Published>(await Publisher.PublishAsync(Registry, FakeRepository.Name, "1.27", digest, Cancel));

        Assert.Equal((digest.ToString(), true), _repository.Tag("1.27"));
        Assert.True(_repository.IsLocked(digest));
    }

    [Fact]
    public async Task Publish_LockDoesNotHold_IsNotPublished()
    {
        _repository.LosesLocks = true;

        var failed = Assert.IsType<PublishOutcome.Failed>(await PublishAsync());

        Assert.True(failed.Retryable);
        Assert.Contains("did not stay locked", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ManifestNotThere_WritesNothing()
    {
        var failed = Assert.IsType<PublishOutcome.Failed>(
            await Publisher.PublishAsync(Registry, FakeRepository.Name, "1.27", Digest.OfBytes("gone"u8), Cancel));

        Assert.True(failed.Retryable);
        Assert.All(_server.Requests, request => Assert.Equal("GET", request.Method));
    }

    [Fact]
    public async Task Publish_PushFailsAfterUnlocking_LocksTheOldTagAgain()
    {
        _repository.SetTag("1.27", _old, locked: true);
        _repository.Interfere = request => request.Method == "PUT" ? 503 : null;

        Assert.True(Assert.IsType<PublishOutcome.Failed>(await PublishAsync()).Retryable);

        Assert.Equal((_old.ToString(), true), _repository.Tag("1.27"));
    }

    [Fact]
    public async Task Publish_TagLockedSinceItWasRead_SucceedsAtTheNextTry()
    {
        var first = true;
        _repository.Interfere = request =>
        {
            if (request.Method == "PUT" && first)
            {
                first = false;
                _repository.SetTag("1.27", _old, locked: true);
            }

            return null;
        };

        Assert.True(Assert.IsType<PublishOutcome.Failed>(await PublishAsync()).Retryable);
        Assert.IsType<PublishOutcome.Published>(await PublishAsync());
    }

    [Theory]
    [InlineData("GET", 429, true)]
    [InlineData("GET", 503, true)]
    [InlineData("GET", 403, false)]
    [InlineData("PUT", 403, false)]
    [InlineData("PUT", 405, true)]
    [InlineData("PATCH", 403, false)]
    [InlineData("PATCH", 429, true)]
    public async Task Publish_CallFails_SaysWhetherToTryAgain(string method, int status, bool retryable)
    {
        _repository.Interfere = request => request.Method == method ? status : null;

        var failed = Assert.IsType<PublishOutcome.Failed>(await PublishAsync());

        Assert.Equal(retryable, failed.Retryable);
        Assert.Contains($"{status}", failed.Reason, StringComparison.Ordinal);
        if (status == 429)
        {
            Assert.Equal(TimeSpan.FromSeconds(11), failed.RetryAfter);
        }
    }

    [Theory]
    [InlineData("Bad/Name", "1.27")]
    [InlineData("../x", "1.27")]
    [InlineData("mirror/nginx", "a/b")]
    public async Task Publish_NoNames_AsksNobody(string repository, string tag)
    {
        var failed = Assert.IsType<PublishOutcome.Failed>(await Publisher.PublishAsync(Registry, repository, tag, _new, Cancel));

        Assert.False(failed.Retryable);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Publish_HomeRegionHasNoReplica_GoesThroughTheLoginServer()
    {
        var registry = Registry with { HomeRegion = "francecentral", LoginServer = _server.Host };

        Assert.IsType<PublishOutcome.Published>(await Publisher.PublishAsync(registry, FakeRepository.Name, "1.27", _new, Cancel));
    }

    [Fact]
    public async Task Lock_OpenManifest_IsLockedOnce()
    {
        Assert.IsType<PublishOutcome.Published>(await Publisher.LockAsync(Registry, FakeRepository.Name, _new, Cancel));
        Assert.True(_repository.IsLocked(_new));
        var before = _server.Requests.Count;

        Assert.IsType<PublishOutcome.Published>(await Publisher.LockAsync(Registry, FakeRepository.Name, _new, Cancel));
        Assert.Equal(before + 1, _server.Requests.Count);
    }

    [Fact]
    public async Task Lock_ManifestNotThere_MayBeTriedAgain() =>
        Assert.True(Assert.IsType<PublishOutcome.Failed>(await Publisher.LockAsync(Registry, FakeRepository.Name, Digest.OfBytes("gone"u8), Cancel)).Retryable);

    private Task<PublishOutcome> PublishAsync() => Publisher.PublishAsync(Registry, FakeRepository.Name, "1.27", _new, Cancel);
}
