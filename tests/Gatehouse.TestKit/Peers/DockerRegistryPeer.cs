using System.Diagnostics;
using System.Text.RegularExpressions;
using Gatehouse.TestKit.Files;

namespace Gatehouse.TestKit.Peers;

/// <summary>Debian's <c>docker-registry</c> on a free loopback port, with its own empty store.</summary>
public sealed partial class DockerRegistryPeer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _directory;
    private readonly Process _process;

    private DockerRegistryPeer(TempDirectory directory, Process process, string host) => (_directory, _process, Host) = (directory, process, host);

    /// <summary>Host and port, as image references name it.</summary>
    public string Host { get; }

    /// <summary>Skips the test when the program is missing.</summary>
    public static async Task<DockerRegistryPeer> StartAsync(CancellationToken cancellationToken)
    {
        var program = Peer.Find("docker-registry");
        var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["config.yml"], $"""
            version: 0.1
            log:
              level: info
            storage:
              filesystem:
                rootdirectory: {directory["store"]}
              delete:
                enabled: true
            http:
              addr: 127.0.0.1:0
            """, cancellationToken);
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("serve");
        start.ArgumentList.Add(directory["config.yml"]);
        start.Environment["OTEL_TRACES_EXPORTER"] = "none";
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.ErrorDataReceived += (_, line) => Watch(line.Data, listening);
        process.OutputDataReceived += (_, line) => Watch(line.Data, listening);
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException("docker-registry ended before it listened."));
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return new DockerRegistryPeer(directory, process, await listening.Task.WaitAsync(StartLimit, cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }

    private static void Watch(string? line, TaskCompletionSource<string> listening)
    {
        if (line is not null && Listening().Match(line) is { Success: true } match)
        {
            listening.TrySetResult(match.Groups["host"].Value);
        }
    }

    [GeneratedRegex(@"listening on (?<host>127\.0\.0\.1:\d+)", RegexOptions.None, 1000)]
    private static partial Regex Listening();
}
