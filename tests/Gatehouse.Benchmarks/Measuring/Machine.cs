using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Gatehouse.Benchmarks.Measuring;

/// <summary>What the figures were measured on; a reader cannot judge them without it.</summary>
internal static class Machine
{
    public static IReadOnlyList<string> Describe() =>
    [
        $"{Environment.ProcessorCount} logical processors, {Line("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString()}",
        $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):F1} GiB of memory, temporary files on {new DriveInfo(Path.GetTempPath()).DriveFormat}",
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, workstation garbage collector",
    ];

    /// <summary>Load averages over 1, 5 and 15 minutes: how busy others kept the machine.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]) : "unknown";

    /// <param name="load">As <see cref="Load"/> gave it.</param>
    public static bool IsBusy(string load) =>
        double.TryParse(load.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var lastMinute) && lastMinute > Environment.ProcessorCount;

    /// <summary>The program's path, or null when it is not installed.</summary>
    public static string? FindProgram(string name) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Append("/usr/bin")
        .Select(directory => Path.Combine(directory, name))
        .FirstOrDefault(File.Exists);

    /// <summary>The first line a program says of its version; empty when it is not installed.</summary>
    public static async Task<string> VersionAsync(string name, CancellationToken cancellationToken)
    {
        if (FindProgram(name) is not { } path)
        {
            return string.Empty;
        }

        using var process = Process.Start(new ProcessStartInfo(path, "--version") { UseShellExecute = false, RedirectStandardOutput = true })!;
        var said = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return said.Split('\n')[0].Replace(path, name, StringComparison.Ordinal).Trim();
    }

    private static string? Line(string file, string key) => !File.Exists(file)
        ? null
        : File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
