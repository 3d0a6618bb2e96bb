using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Gatehouse.Emulator.Hosting;
using Gatehouse.TestKit.Time;

namespace Gatehouse.TestKit.Host;

/// <summary>One process of the custom handler, started as the Functions host starts it.</summary>
internal sealed class HandlerProcess : IAsyncDisposable
{
    /// <summary>As the reference host: it asks every 25 ms, and gives up after 30 seconds.</summary>
    private static readonly TimeSpan PingInterval = TimeSpan.FromMilliseconds(25);

    private static readonly TimeSpan InitializationTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private HandlerProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public int Id => _process.Id;

    public string Output => string.Join('\n', _output);

    public bool HasExited => _process.HasExited;

    public static HandlerProcess Start(string folder, string executable, IReadOnlyDictionary<string, string?> settings)
    {
        var port = LoopbackPorts.NextFree() ?? throw new InvalidOperationException("No port is free for the handler.");
        var start = new ProcessStartInfo(Path.Combine(folder, executable))
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in HostEnvironment(port, folder).Concat(settings))
        {
            start.Environment[name] = value;
        }

        var handler = new HandlerProcess(new Process { StartInfo = start }, port);
        handler._process.OutputDataReceived += (_, line) => handler.Keep(line.Data);
        handler._process.ErrorDataReceived += (_, line) => handler.Keep(line.Data);
        handler._process.Start();
        handler._process.BeginOutputReadLine();
        handler._process.BeginErrorReadLine();
        return handler;
    }

    /// <summary>Any HTTP answer will do; only socket errors mean "not yet".</summary>
    public async Task<TimeSpan> WaitUntilReadyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(PingInterval, TimeProvider.System);
        do
        {
            if (_process.HasExited)
            {
                // A process may be gone before its last words are read.
                await _process.WaitForExitAsync(cancellationToken);
                throw new InvalidOperationException($"The handler ended with {_process.ExitCode} before it answered: {Output}");
            }

            try
            {
                using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{Port}/"), cancellationToken);
                return Stopwatch.GetElapsedTime(started);
            }
            catch (HttpRequestException)
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }
        }
        while (Stopwatch.GetElapsedTime(started) < InitializationTimeout);
        throw new TimeoutException($"The handler did not answer within {InitializationTimeout}: {Output}");
    }

    /// <summary>Waits until the output has what the pattern says: a log line comes through a pipe, and may be later than the answer it belongs to.</summary>
    /// <exception cref="TimeoutException">It had not after 30 seconds; the message shows the output.</exception>
    public Task WaitForOutputAsync([StringSyntax(StringSyntaxAttribute.Regex)] string pattern, CancellationToken cancellationToken) =>
        Eventually.NothingIsMissingAsync(
            () => Task.FromResult(Regex.IsMatch(Output, pattern, RegexOptions.None, OutputLimit) ? null : $"nothing matches '{pattern}' in: {Output}"),
            OutputLimit,
            cancellationToken);

    /// <summary>SIGKILL, to the handler alone: the only way the host ends it.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    /// <summary>What the host adds, and what leaks through from it: its own URLs above all.</summary>
    private static Dictionary<string, string?> HostEnvironment(int port, string folder) => new()
    {
        ["FUNCTIONS_CUSTOMHANDLER_PORT"] = port.ToString(),
        ["FUNCTIONS_HTTPWORKER_PORT"] = port.ToString(),
        ["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = "5b1d5b5e-0000-4000-8000-000000000001",
        ["FUNCTIONS_HTTPWORKER_ID"] = "5b1d5b5e-0000-4000-8000-000000000001",
        ["FUNCTIONS_APP_ROOT_PATH"] = folder,
        ["ASPNETCORE_URLS"] = "http://+:80",
        ["ASPNETCORE_HTTP_PORTS"] = "80",
        ["Kestrel__Endpoints__Host__Url"] = "http://127.0.0.1:81",
        ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        ["DOTNET_ENVIRONMENT"] = null,
        ["ASPNETCORE_ENVIRONMENT"] = null,
    };

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}
