using System.Text;
using System.Text.Json;
using Gatehouse.Azure.Publishing;
using Gatehouse.Azure.Tests.Replicas;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Images;
using Gatehouse.Registry.Client;
using Gatehouse.TestKit.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Azure.Tests.Publishing;

/// <summary>Attaching, quarantine, and connections that break after the registry has done what was asked.</summary>
public sealed class AcrPublisherArtifactTests : IAsyncLifetime
{
    private readonly FakeRepository _repository = new();
    private readonly RegistryClientFactory _clients = ReplicaRig.Clients();
    private readonly Digest _image;
    private readonly ReferrerArtifact _artifact;
    private ScriptedServer _server = null!;

    public AcrPublisherArtifactTests()
    {
        _image = _repository.AddManifest("image");
        _artifact = new ReferrerArtifact(
            MediaTypes.OciManifest,
            Encoding.UTF8.GetBytes($$$"""{"schemaVersion":2,"mediaType":"{{{MediaTypes.OciManifest}}}","config":{"mediaType":"{{{MediaTypes.OciEmpty}}}","digest":"{{{Digest.OfBytes("{}"u8)}}}","size":2},"layers":[],"subject":{"mediaType":"{{{MediaTypes.OciManifest}}}","digest":"{{{_image}}}","size":9}}"""),
            "application/x",
            "content"u8.ToArray(),
            "{}"u8.ToArray());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AcrPublisher Publisher => new(_clients, NullLogger<AcrPublisher>.Instance);

    private RegistryDefinition Registry => new("contoso", "/r", "127.0.0.1:1", "westeurope", "a", [new ReplicaDefinition("contoso", "westeurope", _server.Host)]);

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.StartAsync(_repository.Step);

    public ValueTask DisposeAsync()
    {
        _clients.Dispose();
        return _server.DisposeAsync();
    }

    [Fact]
    public async Task Attach_NewArtifact_IsThereByteForByteAndLocked()
    {
        Assert.IsType<PublishOutcome.Published>(await AttachAsync());

        Assert.Equal(_artifact.Manifest, _repository.Content[_artifact.Digest.ToString()]);
        Assert.True(_repository.IsLocked(_artifact.Digest));
        Assert.Equal(2, _server.Count("HEAD", $"/v2/{FakeRepository.Name}/blobs/*"));
    }

    [Fact]
    public async Task Attach_DoneAlready_OnlyReadsOnce()
    {
        await AttachAsync();
        var before = _server.Requests.Count;

        Assert.IsType<PublishOutcome.Published>(await AttachAsync());

        Assert.Equal("GET", Assert.Single(_server.Requests.Skip(before)).Method);
    }

    [Theory]
    [InlineData("PUT", "/v2/")]
    [InlineData("PATCH", "/acr/v1/")]
    public async Task Attach_ConnectionBreaksAfterItWasAccepted_EndsTheSameAtTheNextTry(string method, string path)
    {
        BreakOnceAfter(method, path);

        Assert.True(Assert.IsType<PublishOutcome.Failed>(await AttachAsync()).Retryable);
        Assert.IsType<PublishOutcome.Published>(await AttachAsync());

        Assert.Equal(_artifact.Manifest, _repository.Content[_artifact.Digest.ToString()]);
        Assert.True(_repository.IsLocked(_artifact.Digest));
        Assert.Equal(1, _server.Count("PUT", "*"));
        Assert.Equal(1, _server.Count("PATCH", "*"));
    }

    [Theory]
    [InlineData("PUT", "/v2/")]
    [InlineData("PATCH", "/acr/v1/mirror/nginx/_tags/")]
    [InlineData("PATCH", "/acr/v1/mirror/nginx/_manifests/")]
    public async Task Publish_ConnectionBreaksAfterItWasAccepted_EndsTheSameAtTheNextTry(string method, string path)
    {
        BreakOnceAfter(method, path);

        Assert.True(Assert.IsType<PublishOutcome.Failed>(await Publisher.PublishAsync(Registry, FakeRepository.Name, "1.27", _image, Cancel)).Retryable);
        Assert.Null(Assert.IsType<PublishOutcome.Published>(await Publisher.PublishAsync(Registry, FakeRepository.Name, "1.27", _image, Cancel)).Previous);

        Assert.Equal((_image.ToString(), true), _repository.Tag("1.27"));
        Assert.True(_repository.IsLocked(_image));
        Assert.Equal(1, _server.Count("PUT", "*"));
    }

    [Fact]
    public async Task Attach_SubjectNotAcknowledged_IsListedUnderTheFallbackTag()
    {
        _repository.SeesSubjects = false;

        Assert.IsType<PublishOutcome.Published>(await AttachAsync());

        var listed = _repository.Content[_repository.Tag($"sha256-{_image.Hex}")!.Value.Digest];
        using var index = JsonDocument.Parse(listed);
        Assert.Equal(_artifact.Digest.ToString(), index.RootElement.GetProperty("manifests")[0].GetProperty("digest").GetString());
    }

    [Fact]
    public async Task Attach_RegistryThrottles_SaysHowLong()
    {
        _repository.Interfere = request => request.Method == "PUT" ? 429 : null;

        var failed = Assert.IsType<PublishOutcome.Failed>(await AttachAsync());

        Assert.Equal((true, TimeSpan.FromSeconds(11)), (failed.Retryable, failed.RetryAfter));
    }

    [Fact]
    public async Task Pass_Quarantined_IsPassedWithItsReason()
    {
        _repository.Quarantine[_image.ToString()] = "Quarantined";

        Assert.IsType<PublishOutcome.Published>(await PassAsync());

        var patch = Assert.Single(_server.Requests, request => request.Method == "PATCH");
        Assert.Equal($"/acr/v1/{FakeRepository.Name}/_manifests/{_image}", patch.Path);
        using var body = JsonDocument.Parse(patch.Body);
        Assert.Equal(["quarantineState", "quarantineDetails"], body.RootElement.EnumerateObject().Select(field => field.Name));
        Assert.Equal("Passed", body.RootElement.GetProperty("quarantineState").GetString());
        Assert.Equal("""{"intake":"7"}""", body.RootElement.GetProperty("quarantineDetails").GetString());
    }

    [Theory]
    [InlineData("Passed")]
    [InlineData("passed")]
    public async Task Pass_PassedAlready_WritesNothing(string state)
    {
        _repository.Quarantine[_image.ToString()] = state;

        Assert.IsType<PublishOutcome.Published>(await PassAsync());

        Assert.Equal(0, _server.Count("PATCH", "*"));
    }

    [Theory]
    [InlineData(403, false)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    public async Task Pass_NotAllowedOrNotNow_SaysWhetherToTryAgain(int status, bool retryable)
    {
        _repository.Interfere = request => request.Method == "PATCH" ? status : null;

        Assert.Equal(retryable, Assert.IsType<PublishOutcome.Failed>(await PassAsync()).Retryable);
    }

    private void BreakOnceAfter(string method, string path)
    {
        var left = 1;
        _repository.AbortsAfter = request => request.Method == method && request.Path.StartsWith(path, StringComparison.Ordinal) && left-- > 0;
    }

    private Task<PublishOutcome> AttachAsync() => Publisher.AttachAsync(Registry, FakeRepository.Name, _artifact, Cancel);

    private Task<PublishOutcome> PassAsync() => Publisher.PassAsync(Registry, FakeRepository.Name, _image, """{"intake":"7"}""", Cancel);
}
