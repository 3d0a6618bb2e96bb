using System.Diagnostics;
using Xunit;

namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary><c>register-api.sh</c> over an <c>az</c> that says what a test tells it to, and writes down what it was asked.</summary>
public sealed class RegisterApiTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gatehouse-az-");

    [Theory]
    [InlineData("", 1)]
    [InlineData("client-1", 0)]
    public async Task Register_WhetherTheApplicationIsThereOrNot_EndsWithTheSamePatches(string found, int created)
    {
        var (exit, output, _) = await RunAsync(found);

        Assert.Equal((0, "client-1"), (exit, output.Trim()));
        var asked = await AskedAsync();
        Assert.Equal(created, asked.Count(call => call.StartsWith("ad app create", StringComparison.Ordinal)));
        Assert.Equal(2, asked.Count(call => call.StartsWith("rest --method patch", StringComparison.Ordinal)));
        Assert.Contains(asked, call => call.Contains("applications/object-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Register_TwoApplicationsOfTheName_IsRefusedAndNamesBoth()
    {
        var (exit, output, error) = await RunAsync("client-1\nclient-2");

        Assert.Equal((1, string.Empty), (exit, output));
        Assert.Contains("more than one application", error, StringComparison.Ordinal);
        Assert.Contains("client-2", error, StringComparison.Ordinal);
        Assert.Single(await AskedAsync());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task<string[]> AskedAsync() => File.ReadAllLinesAsync(Path.Combine(_folder.FullName, "asked"), TestContext.Current.CancellationToken);

    private async Task<(int Exit, string Output, string Error)> RunAsync(string found)
    {
        var az = Path.Combine(_folder.FullName, "az");
        await File.WriteAllTextAsync(az, """
            #!/usr/bin/env bash
            printf '%s\n' "${*//$'\n'/ }" >> "$(dirname "$0")/asked"
            case "$*" in
              'ad app list'*) [ -z "$FOUND" ] || printf '%s\n' "$FOUND" ;;
              'ad app create'*) echo client-1 ;;
              'ad app show'*) echo object-1 ;;
              'ad sp list'*) echo principal-1 ;;
            esac
            """, TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(az, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var start = new ProcessStartInfo("bash", [Path.Combine(Repository.Root, "infra", "entra", "register-api.sh")]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["FOUND"] = found;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
