using System.Diagnostics;

namespace Gatehouse.Benchmarks.Startup;

internal static class Publishing
{
    /// <exception cref="InvalidOperationException">The project does not build.</exception>
    public static async Task RunAsync(string project, string output, IEnumerable<string> properties, CancellationToken cancellationToken)
    {
        string[] arguments = ["publish", project, "--configuration", "Release", "--output", output, "-v", "quiet", "-nodeReuse:false", "-p:RunAnalyzers=false", .. properties];
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = project, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };

        // "dotnet run" leaves its own build's settings behind.
        foreach (var inherited in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var said = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}: {await said}{await errors}");
        }
    }
}
