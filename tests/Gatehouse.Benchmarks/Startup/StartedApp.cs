using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Benchmarks.Startup;

/// <param name="Settings">Environment variables; the port comes in addition, under each name an app may read it by.</param>
internal sealed record StartableApp(string Folder, string Executable, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Settings);

/// <summary>A process from its start to its first answer on <c>GET /</c>; killed when disposed of.</summary>
internal sealed class StartedApp : IDisposable
{
    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"u8.ToArray();
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private StartedApp(Process process, int port) => (_process, Address) = (process, new Uri($"http://127.0.0.1:{port}"));

    public Uri Address { get; }

    /// <summary>From before the process was made until its first answer began to arrive.</summary>
    public double Seconds { get; private set; }

    /// <summary>Processor time of all its threads up to then, in seconds; steadier than time by the clock when others use the machine too.</summary>
    public double ProcessorSeconds { get; private set; }

    /// <summary>Bytes of memory in use after the answer.</summary>
    public long WorkingSet { get; private set; }

    /// <exception cref="InvalidOperationException">It ended, or answered with something else than 200.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public static async Task<StartedApp> StartAsync(StartableApp app, CancellationToken cancellationToken)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(Path.Combine(app.Folder, app.Executable), app.Arguments) { WorkingDirectory = app.Folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = port.ToString();
        foreach (var (name, value) in app.Settings)
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };

        // What it says is read and dropped, so that it never waits for a reader.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        var started = new StartedApp(process, port);
        var before = Stopwatch.GetTimestamp();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await started.WaitAsync(port, before, cancellationToken);
        return started;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task WaitAsync(int port, long before, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(PollInterval, TimeProvider.System);
        while (Stopwatch.GetElapsedTime(before) < Limit)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with {_process.ExitCode} before it answered.");
            }

            try
            {
                await AskAsync(port, cancellationToken);
                Seconds = Stopwatch.GetElapsedTime(before).TotalSeconds;
                _process.Refresh();
                (ProcessorSeconds, WorkingSet) = (_process.TotalProcessorTime.TotalSeconds, _process.WorkingSet64);
                return;
            }
            catch (SocketException)
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }
        }

        Dispose();
        throw new TimeoutException($"{_process.StartInfo.FileName} did not answer within {Limit}.");
    }

    private static async Task AskAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
        await socket.SendAsync(Request, cancellationToken);
        var answer = new byte[512];
        var read = await socket.ReceiveAsync(answer, cancellationToken);
        if (!answer.AsSpan(0, read).StartsWith("HTTP/1.1 200 "u8))
        {
            throw new InvalidOperationException($"GET / was answered with '{System.Text.Encoding.ASCII.GetString(answer, 0, read)}'.");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
