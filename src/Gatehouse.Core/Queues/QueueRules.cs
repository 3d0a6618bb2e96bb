using System.Text;

namespace Gatehouse.Core.Queues;

/// <summary>Holds every back end to the same limits.</summary>
public static class QueueRules
{
    private const int MinNameLength = 3;
    private const int MaxNameLength = 63;

    /// <exception cref="ArgumentException">Not a storage queue name.</exception>
    public static void ValidateName(string queue)
    {
        if (queue is not { Length: >= MinNameLength and <= MaxNameLength }
            || !queue.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            || queue[0] == '-' || queue[^1] == '-' || queue.Contains("--", StringComparison.Ordinal))
        {
            throw new ArgumentException($"A queue name is {MinNameLength} to {MaxNameLength} lower-case letters, digits and single dashes, with a letter or digit at both ends; '{queue}' is not.", nameof(queue));
        }
    }

    /// <summary>The text's UTF-8 bytes.</summary>
    /// <exception cref="ArgumentException">The text is too long, or not Unicode.</exception>
    public static byte[] Encode(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        if (length > QueueLimits.MaxTextBytes)
        {
            throw new ArgumentException($"A queue message holds at most {QueueLimits.MaxTextBytes} bytes of UTF-8; this text has {length}.", nameof(text));
        }

        return Strict.GetBytes(text);
    }

    /// <exception cref="ArgumentOutOfRangeException">Outside 0 to 7 days. Source: Put Message, visibilitytimeout.</exception>
    public static void ValidateDelay(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, TimeSpan.FromDays(7));
    }

    /// <exception cref="ArgumentOutOfRangeException">Outside 1 second to 7 days. Source: Get Messages, visibilitytimeout.</exception>
    public static void ValidateVisibilityTimeout(TimeSpan visibilityTimeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(visibilityTimeout, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(visibilityTimeout, TimeSpan.FromDays(7));
    }

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
