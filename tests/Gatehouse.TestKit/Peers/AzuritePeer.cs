using System.Diagnostics;
using System.Text.RegularExpressions;
using Gatehouse.TestKit.Files;

namespace Gatehouse.TestKit.Peers;

/// <summary>Azurite on free loopback ports, in memory, with its default account.</summary>
public sealed partial class AzuritePeer : IAsyncDisposable
{
    public const string AccountName = "devstoreaccount1";

    /// <summary>Azurite's published key. Source: Azurite README, "Default Storage Account".</summary>
    public const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory;
    private readonly Process _process;

    private AzuritePeer(TempDirectory directory, Process process, Uri blobs, Uri tables, Uri queues) =>
        (_directory, _process, Blobs, Tables, Queues) = (directory, process, blobs, tables, queues);

    public Uri Blobs { get; }

    public Uri Tables { get; }

    public Uri Queues { get; }

    public string ConnectionString =>
        $"AccountName={AccountName};AccountKey={AccountKey};BlobEndpoint={Blobs}{AccountName};TableEndpoint={Tables}{AccountName};QueueEndpoint={Queues}{AccountName}";

    /// <summary>Null when it is neither on the path nor in <c>artifacts/peers</c>.</summary>
    public static string? FindProgram() => Peer.Locate("azurite", InstalledByNpm());

    /// <summary>Skips the test when the program is neither on the path nor in <c>artifacts/peers</c>.</summary>
    public static async Task<AzuritePeer> StartAsync(CancellationToken cancellationToken)
    {
        var program = Peer.Find("azurite", InstalledByNpm());
        var directory = new TempDirectory();
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = directory.Path };
        foreach (var argument in (string[])["--inMemoryPersistence", "--silent", "--disableTelemetry", "--skipApiVersionCheck", "--blobPort", "0", "--queuePort", "0", "--tablePort", "0"])
        {
            start.ArgumentList.Add(argument);
        }

        var (blobs, tables, queues) = (Waiting(), Waiting(), Waiting());
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Watch(line.Data, blobs, tables, queues);
        process.ErrorDataReceived += (_, _) => { };
        process.Exited += (_, _) =>
        {
            blobs.TrySetException(new InvalidOperationException("azurite ended before it listened."));
            tables.TrySetException(new InvalidOperationException("azurite ended before it listened."));
            queues.TrySetException(new InvalidOperationException("azurite ended before it listened."));
        };
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return new AzuritePeer(
            directory,
            process,
            await blobs.Task.WaitAsync(StartLimit, cancellationToken),
            await tables.Task.WaitAsync(StartLimit, cancellationToken),
            await queues.Task.WaitAsync(StartLimit, cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }

    private static TaskCompletionSource<Uri> Waiting() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where <c>npm install --prefix artifacts/peers</c> puts programs, seen from the test's own directory.</summary>
    private static IEnumerable<string> InstalledByNpm()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            yield return Path.Combine(directory.FullName, "artifacts", "peers", "node_modules", ".bin");
        }
    }

    private static void Watch(string? line, TaskCompletionSource<Uri> blobs, TaskCompletionSource<Uri> tables, TaskCompletionSource<Uri> queues)
    {
        if (line is not null && Listening().Match(line) is { Success: true } match)
        {
            var service = match.Groups["service"].Value switch { "Blob" => blobs, "Table" => tables, _ => queues };
            service.TrySetResult(new Uri(match.Groups["uri"].Value));
        }
    }

    [GeneratedRegex(@"Azurite (?<service>Blob|Table|Queue) service is successfully listening at (?<uri>http://127\.0\.0\.1:\d+)", RegexOptions.None, 1000)]
    private static partial Regex Listening();
}
