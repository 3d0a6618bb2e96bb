using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text.Json;
using Gatehouse.Core.Queues;

namespace Gatehouse.TestKit.Host;

/// <summary>Plays the Azure Functions host for a published Function app: starts it, invokes it, judges it, kills it. Source: azure-functions-host 4.1037.</summary>
public sealed class FunctionsHostHarness : IAsyncDisposable
{
    /// <summary>host.json's <c>maxDequeueCount</c>.</summary>
    public const int MaxDequeueCount = 5;

    private const string UserAgent = "Azure-Functions-Host/4.1037.0.0";
    private const string HostVersion = "4.1037.0.0";

    /// <summary>Someone else may take the port between its being found free and the handler's listening on it.</summary>
    private const int PortTries = 3;

    private readonly string _folder;
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private HandlerProcess? _handler;
    private int _invocations;

    private FunctionsHostHarness(string folder, IReadOnlyDictionary<string, string?> settings) => (_folder, _settings) = (folder, settings);

    /// <summary>How long the newest handler took to its first answer.</summary>
    public TimeSpan StartupTime { get; private set; }

    public int Port => Handler.Port;

    public Uri Address => new($"http://127.0.0.1:{Port}");

    private HandlerProcess Handler => _handler ?? throw new InvalidOperationException("The handler has not been started.");

    /// <param name="folder">The published folder: host.json, the functions, the executable.</param>
    /// <param name="settings">App settings; null removes an inherited one.</param>
    public static async Task<FunctionsHostHarness> StartAsync(string folder, IReadOnlyDictionary<string, string?> settings, CancellationToken cancellationToken)
    {
        var harness = new FunctionsHostHarness(folder, settings);
        await harness.StartHandlerAsync(cancellationToken);
        return harness;
    }

    /// <summary>SIGKILL, then a new process on a new port, as the host does after a timeout.</summary>
    public async Task KillAndRestartAsync(CancellationToken cancellationToken)
    {
        await KillAsync();
        await RestartAsync(cancellationToken);
    }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    public ValueTask KillAsync() => Handler.DisposeAsync();

    /// <summary>A new process, after <see cref="KillAsync"/>.</summary>
    public Task RestartAsync(CancellationToken cancellationToken) => StartHandlerAsync(cancellationToken);

    /// <summary>Waits until the newest handler has written what the pattern says, to stdout or stderr.</summary>
    /// <exception cref="TimeoutException">It had not after 30 seconds; the message shows what it wrote.</exception>
    public Task WaitForOutputAsync([StringSyntax(StringSyntaxAttribute.Regex)] string pattern, CancellationToken cancellationToken) =>
        Handler.WaitForOutputAsync(pattern, cancellationToken);

    /// <summary>Asks the handler to end and gives its exit code; the host itself never does, a container platform may.</summary>
    public async Task<int> TerminateAsync(CancellationToken cancellationToken)
    {
        using var kill = System.Diagnostics.Process.Start("kill", ["-TERM", Handler.Id.ToString()])!;
        await kill.WaitForExitAsync(cancellationToken);
        return await Handler.WaitForExitAsync(cancellationToken);
    }

    /// <summary>A POST with the host's headers and no Content-Length.</summary>
    public async Task<InvocationOutcome> InvokeAsync(string function, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "/" + function)) { Content = new StringContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.TransferEncodingChunked = true;
        request.Headers.UserAgent.ParseAdd(UserAgent);
        AddInvocationHeaders(request);
        using var answer = await _client.SendAsync(request, cancellationToken);
        return InvocationOutcome.Judge((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    public Task<InvocationOutcome> FireTimerAsync(string function, CancellationToken cancellationToken) =>
        InvokeAsync(function, InvocationBodies.Timer(function), cancellationToken);

    /// <summary>A caller's request, as the host passes it on: its own Host, the host's headers added, a Content-Length when there is a body.</summary>
    public async Task<HttpResponseMessage> ForwardAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var path = request.RequestUri!.IsAbsoluteUri ? request.RequestUri.PathAndQuery : request.RequestUri.OriginalString;
        request.RequestUri = new Uri(Address, path);
        request.Headers.Host ??= "gatehouse.azurewebsites.net";
        request.Headers.UserAgent.ParseAdd(UserAgent);
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.7:50123");
        AddInvocationHeaders(request);
        if (request.Content is not null)
        {
            await request.Content.LoadIntoBufferAsync(cancellationToken);
        }

        return await _client.SendAsync(request, cancellationToken);
    }

    /// <summary>Delivers what is visible on a queue once: completed on success, back on failure, to the poison queue after <see cref="MaxDequeueCount"/> attempts.</summary>
    /// <param name="stored">Whether the queue is in a storage account: there texts are base64, and a host with <c>messageEncoding: none</c> leaves them so.</param>
    /// <returns>The outcome of each message.</returns>
    public async Task<IReadOnlyList<InvocationOutcome>> PumpAsync(
        IWorkQueueReceiver receiver,
        string name,
        string function,
        CancellationToken cancellationToken,
        bool stored = false)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        var outcomes = new List<InvocationOutcome>();
        foreach (var message in await receiver.ReceiveAsync(name, 16, TimeSpan.FromMinutes(10), cancellationToken))
        {
            var text = stored ? InvocationBodies.Stored(message.Text) : message.Text;
            var outcome = await InvokeAsync(function, InvocationBodies.Queue(function, text, message.DequeueCount), cancellationToken);
            outcomes.Add(outcome);
            if (outcome.Verdict == InvocationVerdict.Succeeded)
            {
                await receiver.CompleteAsync(message, cancellationToken);
            }
            else if (message.DequeueCount < MaxDequeueCount)
            {
                await receiver.AbandonAsync(message, TimeSpan.Zero, cancellationToken);
            }
            else
            {
                await receiver.MoveToPoisonAsync(message, cancellationToken);
            }
        }

        return outcomes;
    }

    public async ValueTask DisposeAsync()
    {
        if (_handler is not null)
        {
            await _handler.DisposeAsync();
        }

        _client.Dispose();
    }

    private async Task StartHandlerAsync(CancellationToken cancellationToken)
    {
        using var host = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "host.json"), cancellationToken));
        var executable = host.RootElement.GetProperty("customHandler").GetProperty("description").GetProperty("defaultExecutablePath").GetString()!;
        for (var tries = 1; ; tries++)
        {
            _handler = HandlerProcess.Start(_folder, executable, _settings);
            try
            {
                StartupTime = await _handler.WaitUntilReadyAsync(_client, cancellationToken);
                return;
            }
            catch (InvalidOperationException) when (tries < PortTries && _handler.Output.Contains("address already in use", StringComparison.Ordinal))
            {
                await _handler.DisposeAsync();
            }
        }
    }

    private void AddInvocationHeaders(HttpRequestMessage request)
    {
        var id = Interlocked.Increment(ref _invocations);
        request.Headers.Add("X-Azure-Functions-HostVersion", HostVersion);
        request.Headers.Add("X-Azure-Functions-InvocationId", $"00000000-0000-4000-8000-{id:D12}");
    }
}
