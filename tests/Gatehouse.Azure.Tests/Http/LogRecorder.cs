using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Tests.Http;

/// <summary>Keeps what is logged: the event, its words, and its values by name.</summary>
internal sealed class LogRecorder
{
    private readonly List<Entry> _entries = [];

    public IReadOnlyList<Entry> Entries
    {
        get
        {
            lock (_entries)
            {
                return [.. _entries];
            }
        }
    }

    public ILogger<T> Create<T>() => new Logger<T>(this);

    internal sealed record Entry(string? Event, string Text, IReadOnlyDictionary<string, object?> Values);

    private sealed class Logger<T>(LogRecorder recorder) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
            lock (recorder._entries)
            {
                recorder._entries.Add(new Entry(eventId.Name, formatter(state, exception), values.ToDictionary(pair => pair.Key, pair => pair.Value)));
            }
        }
    }
}
