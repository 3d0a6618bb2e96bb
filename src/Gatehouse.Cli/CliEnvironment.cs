using System.Text;

namespace Gatehouse.Cli;

/// <summary>Everything the commands take from the process they run in.</summary>
/// <param name="Interactive">A person looks at <paramref name="Out"/>: tables get borders and fit the window.</param>
/// <param name="Variable">Reads an environment variable.</param>
/// <param name="Pause">Waits between two looks at an intake.</param>
internal sealed record CliEnvironment(
    TextWriter Out,
    TextWriter Error,
    bool Interactive,
    Func<string, string?> Variable,
    TimeProvider Clock,
    Func<TimeSpan, CancellationToken, Task> Pause)
{
    public static CliEnvironment OfProcess()
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new CliEnvironment(
            Console.Out,
            Console.Error,
            !Console.IsOutputRedirected,
            Environment.GetEnvironmentVariable,
            TimeProvider.System,
            (span, cancellationToken) => Task.Delay(span, TimeProvider.System, cancellationToken));
    }
}
