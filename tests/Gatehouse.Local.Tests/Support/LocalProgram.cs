using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Gatehouse.Local.Tests.Support;

/// <summary>One run of the local program as a process of its own, as a user has it.</summary>
internal sealed class LocalProgram : IAsyncDisposable
{
    /// <summary>No run of these tests takes a fraction of this; it keeps a hang from holding up everything.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly CancellationTokenSource _limit = new(Limit, TimeProvider.System);

    private LocalProgram(Process process) => _process = process;

    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    public static LocalProgram Start(params string[] arguments) => Start([], arguments);

    public static LocalProgram Start((string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Gatehouse.Local.dll"));
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var program = new LocalProgram(new Process { StartInfo = start });
        program._process.ErrorDataReceived += (_, line) =>
        {
            lock (program._errors)
            {
                program._errors.AppendLine(line.Data);
            }
        };
        program._process.Start();
        program._process.BeginErrorReadLine();
        return program;
    }

    /// <summary>All that was written to stdout, by a program that ends with that exit code.</summary>
    public async Task<string> FinishAsync(int exitCode)
    {
        var (code, output) = await FinishAsync();
        Assert.True(code == exitCode, $"Exit code {code} in place of {exitCode}: {output}\n{Errors}");
        return output;
    }

    /// <summary>The exit code, and all that was written to stdout.</summary>
    public async Task<(int ExitCode, string Output)> FinishAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync(_limit.Token);
        await _process.WaitForExitAsync(_limit.Token);
        return (_process.ExitCode, output);
    }

    /// <summary>The first JSON document on stdout, while the program goes on.</summary>
    public async Task<JsonNode> ReadDocumentAsync()
    {
        var document = new StringBuilder();
        while (await _process.StandardOutput.ReadLineAsync(_limit.Token) is { } line)
        {
            document.AppendLine(line);
            if (line == "}")
            {
                return JsonNode.Parse(document.ToString())!;
            }
        }

        throw new InvalidOperationException($"The program ended without a document: {document}\n{Errors}");
    }

    /// <summary>SIGKILL: no chance to put anything away.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(_limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        _limit.Dispose();
    }
}
