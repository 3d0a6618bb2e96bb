using System.Diagnostics;

namespace Gatehouse.TestKit.Peers;

/// <summary>Runs Debian's <c>skopeo</c> against plain-HTTP registries on loopback.</summary>
public static class Skopeo
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Its standard output. Skips the test when the program is missing; fails when it ends with an error.</summary>
    public static async Task<string> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo(Peer.Find("skopeo")) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("--insecure-policy");
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("skopeo did not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(both.Token);
            var errors = process.StandardError.ReadToEndAsync(both.Token);
            await process.WaitForExitAsync(both.Token);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException($"skopeo {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>Copies all platforms, digests unchanged, with TLS off at both ends, e.g. <c>docker://127.0.0.1:5000/app:1</c> to <c>oci:/tmp/x:1</c>.</summary>
    public static Task<string> CopyAsync(string source, string destination, CancellationToken cancellationToken) =>
        RunAsync(cancellationToken, "copy", "--all", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false", source, destination);
}
