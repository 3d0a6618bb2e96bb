using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Core.Tests.Records.Embedded;

internal sealed class CollectingLogger : ILogger
{
    public ConcurrentQueue<(string? Name, LogLevel Level, string Message)> Entries { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue((eventId.Name, logLevel, formatter(state, exception)));
}
