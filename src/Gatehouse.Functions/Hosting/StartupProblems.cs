using System.Collections.Concurrent;

namespace Gatehouse.Functions.Hosting;

/// <summary>What is wrong with the configuration. While anything is, the handler listens, says so, and does nothing else.</summary>
/// <remarks>Exiting instead would make the Functions host restart the handler twice and then stop itself, with the reason lost.</remarks>
internal sealed class StartupProblems
{
    private readonly ConcurrentQueue<string> _messages = new();

    /// <summary>Each names the key, its value and what is allowed; never a secret.</summary>
    public IReadOnlyCollection<string> Messages => _messages;

    public bool Any => !_messages.IsEmpty;

    public string Summary => "The configuration is invalid: " + string.Join(' ', _messages);

    public void Add(IEnumerable<string> messages)
    {
        foreach (var message in messages)
        {
            _messages.Enqueue(message);
        }
    }
}
