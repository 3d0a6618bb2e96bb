using System.Security.Cryptography;
using System.Text;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Results;
using Gatehouse.Core.Watches;
using Gatehouse.Functions.Tests.Support;
using Moq;

namespace Gatehouse.Functions.Tests.Api;

public sealed class OtherApiTests : IAsyncLifetime
{
    private static readonly AppliedPolicy Policy = new(Samples.Payments, 3, "rules: {}\n", new Actor("user:paula", "Paula"), Samples.Now, "etag \"7\"", ["contoso/payments/x asks for less"]);

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Image_Released_SaysWhere()
    {
        _host.Images.Setup(images => images.FindAsync(Samples.Digest, It.IsAny<CancellationToken>())).ReturnsAsync([Samples.Released()]);

        var answer = await _host.SendAsync("GET", "/api/images/" + Samples.Digest, "Agent");

        Assert.Equal("contoso/payments", answer.Json["releases"]![0]!["scope"]!.GetValue<string>());
    }

    [Fact]
    public async Task Image_NeverReleased_Is404()
    {
        _host.Images.Setup(images => images.FindAsync(Samples.Digest, It.IsAny<CancellationToken>())).ReturnsAsync([]);

        Assert.Equal("image-unknown", (await _host.SendAsync("GET", "/api/images/" + Samples.Digest, "Agent")).Code);
        Assert.Equal("digest-malformed", (await _host.SendAsync("GET", "/api/images/latest", "Agent")).Code);
    }

    [Fact]
    public async Task Policy_ReadThenApplied_CarriesTheETagBothWays()
    {
        _host.Policies.Setup(policies => policies.GetAsync(Samples.Payments, It.IsAny<CancellationToken>())).ReturnsAsync(Policy);
        _host.Policies.Setup(policies => policies.ApplyAsync(Samples.Payments, "rules: {}\n", new Actor("user:ada", "Ada"), Policy.ETag, It.IsAny<CancellationToken>())).ReturnsAsync(Policy);

        var read = await _host.SendAsync("GET", "/api/policies/contoso/payments", "Reader");
        var applied = await _host.SendAsync("PUT", "/api/policies/contoso/payments", "PolicyAdmin:contoso", read.Text, "text/yaml; charset=utf-8", ("If-Match", read.Headers["ETag"]));

        Assert.Equal("text/yaml", read.MediaType);
        Assert.Equal(200, applied.Status);
        Assert.Equal(3, applied.Json["version"]!.GetValue<int>());
        Assert.Equal(read.Headers["ETag"], applied.Headers["ETag"]);
    }

    [Fact]
    public async Task Policies_Listed_LeaveTheDocumentsOut()
    {
        _host.Policies.Setup(policies => policies.ListAsync(It.IsAny<CancellationToken>())).ReturnsAsync([Policy]);

        var answer = await _host.SendAsync("GET", "/api/policies", "Reader");

        Assert.Equal("contoso/payments", answer.Json["policies"]![0]!["scope"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("PolicyAdmin", "application/json", null, 415)]
    [InlineData("PolicyAdmin", "text/yaml", "W/\"x\"", 400)]
    [InlineData("PolicyAdmin", "text/yaml", "\"!\"", 400)]
    [InlineData("PolicyAdmin:contoso/web", "text/yaml", null, 403)]
    [InlineData("Approver", "text/yaml", null, 403)]
    [InlineData(null, "text/yaml", null, 401)]
    public async Task Policy_AppliedWrongly_IsRefused(string? role, string contentType, string? ifMatch, int status)
    {
        var headers = ifMatch is null ? [] : new[] { ("If-Match", ifMatch) };

        Assert.Equal(status, (await _host.SendAsync("PUT", "/api/policies/contoso/payments", role, "rules: {}", contentType, headers)).Status);
    }

    [Fact]
    public async Task Policy_ChangedInTheMeantime_Is412()
    {
        _host.Policies.Setup(policies => policies.ApplyAsync(Samples.Payments, It.IsAny<string>(), It.IsAny<Actor>(), "old", It.IsAny<CancellationToken>()))
            .ReturnsAsync(new Error(ErrorKind.PreconditionFailed, "policy-changed", "It is at version 4."));

        Assert.Equal(412, (await _host.SendAsync("PUT", "/api/policies/contoso/payments", "PolicyAdmin", "a: 1", "application/yaml", ("If-Match", "\"b2xk\""))).Status);
    }

    [Fact]
    public async Task Policy_AppliedToWhateverVersion_AsksThatThereIsOne()
    {
        _host.Policies.Setup(policies => policies.ApplyAsync(Samples.Payments, It.IsAny<string>(), It.IsAny<Actor>(), "*", It.IsAny<CancellationToken>()))
            .ReturnsAsync(new Error(ErrorKind.PreconditionFailed, "policy-changed", "There is none."));

        Assert.Equal(412, (await _host.SendAsync("PUT", "/api/policies/contoso/payments", "PolicyAdmin", "a: 1", "application/yaml", ("If-Match", "*"))).Status);
    }

    [Fact]
    public async Task Watch_CreatedListedDeleted()
    {
        var watch = new Watch("w1", Samples.Payments, "docker.io/library/alpine", ["3.*"], new Actor("user:ada", "Ada"), Samples.Now);
        _host.Watches.Setup(watches => watches.CreateAsync(Samples.Payments, "docker.io/library/alpine", It.Is<IReadOnlyList<string>>(tags => tags.Single() == "3.*"), watch.CreatedBy, It.IsAny<CancellationToken>())).ReturnsAsync(watch);
        _host.Watches.Setup(watches => watches.ListAsync(It.IsAny<CancellationToken>())).ReturnsAsync([watch]);
        _host.Watches.Setup(watches => watches.DeleteAsync("w1", watch.CreatedBy, It.IsAny<CancellationToken>())).ReturnsAsync(Unit.Value);
        const string Body = """{"scope":"contoso/payments","repository":"docker.io/library/alpine","tags":["3.*"]}""";

        Assert.Equal(201, (await _host.SendAsync("POST", "/api/watches", "Requester:contoso", Body)).Status);
        Assert.Equal(403, (await _host.SendAsync("POST", "/api/watches", "Requester:contoso/web", Body)).Status);
        Assert.Single((await _host.SendAsync("GET", "/api/watches", "Reader")).Json["watches"]!.AsArray());
        Assert.Equal(403, (await _host.SendAsync("DELETE", "/api/watches/w1", "Requester:contoso/web")).Status);
        Assert.Equal(404, (await _host.SendAsync("DELETE", "/api/watches/w2", "Operator")).Status);
        Assert.Equal(204, (await _host.SendAsync("DELETE", "/api/watches/w1", "Operator")).Status);
    }

    [Fact]
    public async Task Estate_AndItsHealth_AreShown()
    {
        _host.EstateMap.Setup(estate => estate.GetAsync(It.IsAny<CancellationToken>())).ReturnsAsync(new EstateMap(
            [new RegistryDefinition("hub", "/subscriptions/s", "hub.azurecr.io", "westeurope", "eu", [new ReplicaDefinition("hub", "westeurope", "hub.westeurope.geo.azurecr.io")])]));
        _host.Estate.Setup(estate => estate.GetStatusAsync(It.IsAny<CancellationToken>())).ReturnsAsync(
            [new ReplicaStatus("hub", "westeurope", "hub.westeurope.geo.azurecr.io", ReplicaHealth.Degraded, Samples.Now, null, "slow", 2, 1500)]);

        Assert.Equal("westeurope", (await _host.SendAsync("GET", "/api/estate", "Reader")).Json["registries"]![0]!["replicas"]![0]!["region"]!.GetValue<string>());
        Assert.Equal("Degraded", (await _host.SendAsync("GET", "/api/estate/health", "Reader")).Json["replicas"]![0]!["health"]!.GetValue<string>());
    }

    [Fact]
    public async Task Ledger_EveryView_IsServed()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        SetUpLedger(key);

        var checkpoint = await _host.SendAsync("GET", "/api/ledger/checkpoint", "Reader");
        var entries = await _host.SendAsync("GET", "/api/ledger/entries?from=0&count=2", "Reader");
        var inclusion = await _host.SendAsync("GET", "/api/ledger/inclusion?event=e1", "Reader");
        var consistency = await _host.SendAsync("GET", "/api/ledger/consistency?first=1", "Reader");
        var export = await _host.SendAsync("GET", "/api/ledger/export", "Reader");
        var pem = await _host.SendAsync("GET", "/api/ledger/key", "Reader");

        Assert.Equal(2, checkpoint.Json["size"]!.GetValue<long>());
        Assert.Equal("{\"type\":\"intake.requested\"}", Encoding.UTF8.GetString(Convert.FromBase64String(entries.Json["entries"]![0]!["data"]!.GetValue<string>())));
        Assert.Equal("intake.requested", entries.Json["entries"]![0]!["event"]!["type"]!.GetValue<string>());
        Assert.Equal(1, inclusion.Json["index"]!.GetValue<long>());
        Assert.Single(consistency.Json["path"]!.AsArray());
        Assert.Equal("{}\n", export.Text);
        using var read = ECDsa.Create();
        read.ImportFromPem(pem.Text);
    }

    [Theory]
    [InlineData("entries?count=1001")]
    [InlineData("entries?from=-1")]
    [InlineData("inclusion")]
    [InlineData("inclusion?index=one")]
    [InlineData("consistency?first=x")]
    public async Task Ledger_BadQuery_IsRefused(string query)
    {
        _host.Ledger.Setup(ledger => ledger.GetCheckpointAsync(It.IsAny<CancellationToken>())).ReturnsAsync((Checkpoint?)null);

        Assert.Equal(400, (await _host.SendAsync("GET", "/api/ledger/" + query, "Reader")).Status);
    }

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("export")]
    public async Task Ledger_Unsealed_HasNothingToShow(string view)
    {
        _host.Ledger.Setup(ledger => ledger.GetCheckpointAsync(It.IsAny<CancellationToken>())).ReturnsAsync((Checkpoint?)null);

        Assert.Equal("ledger-unsealed", (await _host.SendAsync("GET", "/api/ledger/" + view, "Reader")).Code);
    }

    private void SetUpLedger(ECDsa key)
    {
        _host.Ledger.Setup(ledger => ledger.GetCheckpointAsync(It.IsAny<CancellationToken>())).ReturnsAsync(new Checkpoint("gatehouse", 2, new byte[32], Samples.Now, "local", "body", new byte[64]));
        _host.Ledger.Setup(ledger => ledger.ReadAsync(0, 2, It.IsAny<CancellationToken>())).Returns(new[] { new LedgerEntry(0, "{\"type\":\"intake.requested\"}"u8.ToArray()) }.ToAsyncEnumerable());
        _host.Ledger.Setup(ledger => ledger.FindAsync("e1", It.IsAny<CancellationToken>())).ReturnsAsync(1L);
        _host.Ledger.Setup(ledger => ledger.ProveInclusionAsync(1, 2, It.IsAny<CancellationToken>())).ReturnsAsync(new InclusionProof(1, 2, new byte[32], [new byte[32]]));
        _host.Ledger.Setup(ledger => ledger.ProveConsistencyAsync(1, 2, It.IsAny<CancellationToken>())).ReturnsAsync(new ConsistencyProof(1, 2, [new byte[32]]));
        _host.Ledger.Setup(ledger => ledger.ExportAsync(It.IsAny<Stream>(), It.IsAny<CancellationToken>())).Returns((Stream stream, CancellationToken token) => stream.WriteAsync("{}\n"u8.ToArray(), token).AsTask());
        _host.Ledger.Setup(ledger => ledger.GetPublicKeyAsync(It.IsAny<CancellationToken>())).ReturnsAsync(key.ExportSubjectPublicKeyInfo());
    }
}
