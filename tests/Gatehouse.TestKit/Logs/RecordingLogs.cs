using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Gatehouse.TestKit.Logs;

/// <summary>Keeps what is logged at Information and above.</summary>
public sealed class RecordingLogs : ILoggerProvider
{
    public ConcurrentQueue<(int Id, string Text)> Entries { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Recorder(Entries);

    public void Dispose()
    {
    }

    private sealed class Recorder(ConcurrentQueue<(int Id, string Text)> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.Enqueue((eventId.Id, formatter(state, exception)));
    }
}
