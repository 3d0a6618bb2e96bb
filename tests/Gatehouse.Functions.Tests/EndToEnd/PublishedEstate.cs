using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Time;
using Gatehouse.Functions.Auth;
using Gatehouse.Functions.Tests.Support;
using Gatehouse.Functions.Triggers;
using Gatehouse.TestKit.Files;
using Gatehouse.TestKit.Host;
using Gatehouse.TestKit.Peers;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Functions.Tests.EndToEnd;

/// <summary>The published app as a process of its own over either storage, and everything it needs around it.</summary>
internal sealed class PublishedEstate : IAsyncDisposable
{
    public const string Scope = "contoso/payments";
    public const string ScannerName = "test-scanner";

    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly LocalTokenIssuer _issuer;
    private readonly PublishedStorage _storage;

    private PublishedEstate(TempDirectory directory, EmulatedAzure azure, HarborScannerPeer scanner, PublishedStorage? storage)
    {
        var ids = new IdSource(TimeProvider.System, new SystemEntropy());
        (Directory, Azure, Scanner) = (directory, azure, scanner);
        _issuer = LocalTokenIssuer.Open(directory["issuer.pem"], TimeProvider.System, ids);
        _storage = storage ?? PublishedStorage.Embedded(directory["data"], ids);
    }

    public static LocalIdentity Rita { get; } = new("rita", "Rita", ["Reader", "Requester", "Approver"]);

    public static LocalIdentity Adam { get; } = new("adam", "Adam", ["Reader", "Approver"]);

    public static LocalIdentity Olga { get; } = new("olga", "Olga", ["Reader", "Operator"]);

    public static LocalIdentity Paula { get; } = new("paula", "Paula", ["Reader", "PolicyAdmin"]);

    public TempDirectory Directory { get; }

    public EmulatedAzure Azure { get; }

    public HarborScannerPeer Scanner { get; }

    public IWorkQueue Work => _storage.Work;

    public IWorkQueueReceiver Queue => _storage.Queue;

    public FunctionsHostHarness App { get; private set; } = null!;

    /// <param name="policy">The document of <c>contoso</c>; null to apply none.</param>
    /// <param name="storage">Disposed with the estate; null for the embedded one.</param>
    /// <param name="prepare">Readies the emulated Azure before the app starts, and gives further settings of the app, or others.</param>
    public static async Task<PublishedEstate> StartAsync(
        string? policy = Policies.Contoso, PublishedStorage? storage = null, Func<EmulatedAzure, Dictionary<string, string?>>? prepare = null)
    {
        var token = TestContext.Current.CancellationToken;
        var directory = new TempDirectory();
        var azure = await EmulatedAzure.StartAsync(directory["emulator"], token);
        await File.WriteAllTextAsync(directory["estate.yaml"], azure.EstateYaml(), token);
        var estate = new PublishedEstate(directory, azure, await HarborScannerPeer.StartAsync(token), storage);
        var settings = estate.Settings();
        foreach (var (key, value) in prepare?.Invoke(azure) ?? [])
        {
            settings[key] = value;
        }

        estate.App = await FunctionsHostHarness.StartAsync(await PublishedApp.GetAsync(), settings, token);
        if (policy is not null)
        {
            var applied = await estate.SendAsync("PUT", "/api/policies/contoso", Paula, policy, "application/yaml");
            Assert.True(applied.Status == 200, applied.Text);
        }

        return estate;
    }

    public Task<Answer> SendAsync(string method, string path, LocalIdentity? who, string? body = null, string contentType = "application/json", string? key = null) =>
        SendAsync(App, method, path, who, body, contentType, key);

    /// <param name="key">An Idempotency-Key.</param>
    public async Task<Answer> SendAsync(FunctionsHostHarness app, string method, string path, LocalIdentity? who, string? body = null, string contentType = "application/json", string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (who is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TokenOf(who));
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, contentType);
        using var response = await app.ForwardAsync(request, CancellationToken.None);
        var headers = response.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(), headers);
    }

    public string TokenOf(LocalIdentity who) => _issuer.Issue(who, TimeSpan.FromMinutes(30));

    public static string Submission(string image, string scope = Scope) => new JsonObject { ["scope"] = scope, ["image"] = image }.ToJsonString();

    /// <summary>Submits an image as Rita and gives the intake's id.</summary>
    public async Task<string> RequestAsync(string image)
    {
        var answer = await SendAsync("POST", "/api/intakes", Rita, Submission(image));
        Assert.True(answer.Status == 202, answer.Text);
        return answer.Json["id"]!.GetValue<string>();
    }

    public async Task<JsonNode> IntakeAsync(string id) => (await SendAsync("GET", "/api/intakes/" + id, Adam)).Json;

    /// <summary>Drives the intake to its approval, and approves it as Adam.</summary>
    public async Task ApproveAsync(string id)
    {
        await DriveAsync(id, "AwaitingApproval");
        var approved = await SendAsync("POST", $"/api/intakes/{id}/approve", Adam);
        Assert.True(approved.Status == 200, approved.Text);
    }

    /// <summary>Pumps the queue until the intake stands there.</summary>
    public Task DriveAsync(string id, string state) =>
        DriveAsync(id, intake => intake["state"]!.GetValue<string>() == state ? null : $"not {state}: {intake.ToJsonString()}", state);

    /// <summary>Pumps the queue until nothing is missing.</summary>
    /// <param name="missing">What the intake lacks; null when it has all.</param>
    public Task DriveAsync(string id, Func<JsonNode, string?> missing, string? state = null) => Eventually.NothingIsMissingAsync(async () =>
    {
        Assert.All(await PumpAsync(), outcome => Assert.Equal(InvocationVerdict.Succeeded, outcome.Verdict));
        var intake = await IntakeAsync(id);
        Assert.False(intake["state"]!.GetValue<string>() == "Faulted" && state != "Faulted", intake.ToJsonString());
        return missing(intake);
    }, Limit, TestContext.Current.CancellationToken);

    public Task<IReadOnlyList<InvocationOutcome>> PumpAsync() =>
        App.PumpAsync(Queue, QueueNames.IntakeWork, TriggerNames.AdvanceIntake, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await _storage.DisposeAsync();
        await Scanner.DisposeAsync();
        await Azure.DisposeAsync();
        _issuer.Dispose();
        Directory.Dispose();
    }

    private Dictionary<string, string?> Settings() => new(_storage.Settings)
    {
        ["IDENTITY_ENDPOINT"] = Azure.Host.IdentityEndpoint.ToString(),
        ["IDENTITY_HEADER"] = Azure.Host.IdentityHeader,
        ["Gatehouse__Environment"] = "Local",
        ["Gatehouse__Estate__Path"] = Directory["estate.yaml"],
        ["Gatehouse__Ledger__KeyPath"] = Directory["ledger.pem"],
        ["Gatehouse__Auth__LocalIssuer__Enabled"] = "true",
        ["Gatehouse__Auth__LocalIssuer__KeyPath"] = Directory["issuer.pem"],
        ["Gatehouse__Azure__ArmEndpoint"] = Azure.Host.ArmEndpoint.ToString(),
        ["Gatehouse__Azure__TrustedCertificatePath"] = Azure.Host.CertificatePath,
        ["Gatehouse__Azure__ManagedIdentityClientId"] = "5b1d5b5e-0000-4000-8000-000000000002",
        ["Gatehouse__Azure__ImportBusyDelay"] = "00:00:00.2",
        ["Gatehouse__Azure__EventGrid__TopicEndpoint"] = Azure.Host.Topic(EmulatedAzure.Topic).Endpoint.ToString(),
        ["Gatehouse__Events__StartAt"] = "Beginning",
        ["Gatehouse__Registry__AllowPrivateRegistries"] = "true",
        ["Gatehouse__Scanners__0__Name"] = ScannerName,
        ["Gatehouse__Scanners__0__Url"] = Scanner.Url,
        ["Gatehouse__Intakes__FirstMessageDelay"] = "00:00:00.2",
        ["Gatehouse__Intakes__PollDelay"] = "00:00:00.05",
        ["Gatehouse__Intakes__MaxDelay"] = "00:00:00.5",
        ["Gatehouse__Intakes__Grace"] = "00:00:02",
        ["Logging__LogLevel__Default"] = "Warning",
    };
}
