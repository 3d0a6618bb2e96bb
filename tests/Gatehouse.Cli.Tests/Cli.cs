using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;
using Xunit;

namespace Gatehouse.Cli.Tests;

/// <summary>Runs the tool in this process, as Program does.</summary>
internal sealed class Cli
{
    public const string Token = "test-token-0123456789";

    public Dictionary<string, string?> Variables { get; } = new() { ["GATEHOUSE_TOKEN"] = Token };

    public int? Columns { get; init; }

    public ManualTimeProvider Clock { get; } = new();

    public int Pauses { get; private set; }

    public static Cli For(ScriptedServer server, int? columns = null)
    {
        var cli = new Cli { Columns = columns };
        cli.Variables["GATEHOUSE_URL"] = server.BaseUri.ToString();
        return cli;
    }

    public static Task<CliRun> RunAsync(ScriptedServer server, params string[] args) => For(server).RunAsync(args);

    public async Task<CliRun> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var environment = new CliEnvironment(output, error, Columns, name => Variables.GetValueOrDefault(name), Clock, PauseAsync);
        var code = await GatehouseCommand.RunAsync(args, environment, TestContext.Current.CancellationToken);
        var run = new CliRun(code, output.ToString(), error.ToString());
        Assert.DoesNotContain(Token, run.Out + run.Error, StringComparison.Ordinal);
        return run;
    }

    private Task PauseAsync(TimeSpan span, CancellationToken cancellationToken)
    {
        Pauses++;
        Clock.Advance(span);
        return Task.CompletedTask;
    }
}

internal sealed record CliRun(int Code, string Out, string Error)
{
    /// <summary>Lines of stdout, runs of blanks made one.</summary>
    public IReadOnlyList<string> Lines =>
        [.. Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];

    public CliRun Exits(int code)
    {
        Assert.True(Code == code, $"exit code {Code}, wanted {code}\nstdout: {Out}\nstderr: {Error}");
        return this;
    }
}
