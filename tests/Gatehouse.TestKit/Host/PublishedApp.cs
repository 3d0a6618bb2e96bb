using System.Diagnostics;

namespace Gatehouse.TestKit.Host;

/// <summary>The Function app as it is deployed, published once for a test run.</summary>
/// <remarks><c>GATEHOUSE_PUBLISHED_APP</c> names a folder published already.</remarks>
public static class PublishedApp
{
    public const string FolderVariable = "GATEHOUSE_PUBLISHED_APP";

#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private static readonly Lazy<Task<string>> Folder = new(PublishAsync);

    public static Task<string> GetAsync() => Folder.Value;

    /// <summary>The top of the repository: where host.json is.</summary>
    public static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Functions.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException($"Functions.sln is in no folder above {AppContext.BaseDirectory}.");
    }

    private static async Task<string> PublishAsync()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } published)
        {
            return published;
        }

        var root = RepositoryRoot();
        var output = Path.Combine(root, "artifacts", "function-app", Configuration);
        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        // The tests have just built what the app refers to; only the app's own publishing is left.
        await RunAsync(root, "publish", Path.Combine("src", "Gatehouse.Functions"), "--configuration", Configuration, "--output", output, "--no-restore", "-p:RunAnalyzers=false", "-p:BuildProjectReferences=false", "-v", "quiet", "-nodeReuse:false");
        return output;
    }

    private static async Task RunAsync(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var inherited in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output}{await error}");
        }
    }
}
