using System.Text;

namespace Gatehouse.Cli;

/// <summary>Everything the commands take from the process they run in.</summary>
/// <param name="Columns">How wide the window is in which a person reads <paramref name="Out"/>; null when it goes elsewhere.</param>
/// <param name="Variable">Reads an environment variable.</param>
/// <param name="Pause">Waits between two looks at an intake.</param>
internal sealed record CliEnvironment(
    TextWriter Out,
    TextWriter Error,
    int? Columns,
    Func<string, string?> Variable,
    TimeProvider Clock,
    Func<TimeSpan, CancellationToken, Task> Pause)
{
    private const int UsualWidth = 80;

    public static CliEnvironment OfProcess()
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new CliEnvironment(
            Console.Out,
            Console.Error,
            Console.IsOutputRedirected ? null : WindowWidth(),
            Environment.GetEnvironmentVariable,
            TimeProvider.System,
            (span, cancellationToken) => Task.Delay(span, TimeProvider.System, cancellationToken));
    }

    /// <summary>Some terminals do not know theirs.</summary>
    private static int WindowWidth() => Console.WindowWidth is > 0 and var width ? width : UsualWidth;
}
