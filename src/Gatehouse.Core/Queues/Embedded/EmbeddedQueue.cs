using System.Collections.Concurrent;
using System.Text;
using Gatehouse.Core.Records.Files;
using Gatehouse.Core.Time;

namespace Gatehouse.Core.Queues.Embedded;

/// <summary>
/// Queues as directories of message files, for several processes of one machine at once. A message is written aside, flushed
/// and renamed into place; a claim is a rename that only one process can win. Delivers at least once, also across a power cut.
/// </summary>
public sealed class EmbeddedQueue(string directory, TimeProvider clock, IdSource ids) : IWorkQueue, IWorkQueueReceiver
{
    private const string TemporarySuffix = ".tmp";
    private const string DoneSuffix = ".done";

    private static readonly TimeSpan TemporaryLifetime = TimeSpan.FromHours(1);

    private readonly string _directory = Path.GetFullPath(directory);
    private readonly ConcurrentDictionary<string, QueueListing> _listings = new(StringComparer.Ordinal);

    public Task EnqueueAsync(string queue, string text, TimeSpan delay, CancellationToken cancellationToken)
    {
        QueueRules.ValidateDelay(delay);
        var content = QueueRules.Encode(text);
        var now = clock.GetUtcNow();
        return PutAsync(queue, new MessageName(now + delay, 0, now, ids.Next()), content, cancellationToken);
    }

    public async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(string queue, int max, TimeSpan visibilityTimeout, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        QueueRules.ValidateVisibilityTimeout(visibilityTimeout);
        var path = PathOf(queue);
        var listing = _listings.GetOrAdd(queue, _ => new QueueListing());
        var received = new List<QueueMessage>();
        var relisted = false;
        while (received.Count < max)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var now = clock.GetUtcNow();
            if (listing.TakeDue(now) is { } name)
            {
                if (await ClaimAsync(queue, path, name, now + visibilityTimeout) is { } message)
                {
                    received.Add(message);
                }
            }
            else if (relisted || !Relist(path, listing, now))
            {
                break;
            }
            else
            {
                relisted = true;
            }
        }

        return received;
    }

    public Task<bool> CompleteAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        // Deleting does not say whether the file was there; a rename does, so it decides who completes.
        var claimed = Path.Combine(PathOf(message.Queue), message.Receipt);
        var completing = claimed + DoneSuffix;
        var mine = TryRename(claimed, completing);
        if (mine)
        {
            File.Delete(completing);
        }

        return Task.FromResult(mine);
    }

    public Task<bool> AbandonAsync(QueueMessage message, TimeSpan delay, CancellationToken cancellationToken)
    {
        QueueRules.ValidateDelay(delay);
        var path = PathOf(message.Queue);
        return Task.FromResult(MessageName.TryParse(message.Receipt, out var name)
            && TryRename(Path.Combine(path, message.Receipt), Path.Combine(path, (name with { VisibleAt = clock.GetUtcNow() + delay }).ToString())));
    }

    public Task<bool> MoveToPoisonAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        var poison = EnsureDirectory(QueueNames.Poison(message.Queue));
        var now = clock.GetUtcNow();
        var moved = TryRename(
            Path.Combine(PathOf(message.Queue), message.Receipt),
            Path.Combine(poison, new MessageName(now, 0, message.InsertedAt, message.Id).ToString()));
        if (moved)
        {
            DurableFiles.FlushDirectory(poison);
        }

        return Task.FromResult(moved);
    }

    public async Task<IReadOnlyList<PeekedMessage>> PeekAsync(string queue, int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        var path = PathOf(queue);
        var now = clock.GetUtcNow();
        var peeked = new List<PeekedMessage>();
        var files = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*" + MessageName.Suffix) : [];
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            if (peeked.Count == Math.Min(max, QueueLimits.MaxPeeked))
            {
                break;
            }

            if (MessageName.TryParse(Path.GetFileName(file), out var name) && name.VisibleAt <= now && await ReadAsync(file, cancellationToken) is { } text)
            {
                peeked.Add(new PeekedMessage(name.Id, text, name.InsertedAt));
            }
        }

        return peeked;
    }

    public Task<long> CountAsync(string queue, CancellationToken cancellationToken)
    {
        var path = PathOf(queue);
        return Task.FromResult(Directory.Exists(path) ? Directory.EnumerateFiles(path, "*" + MessageName.Suffix).LongCount() : 0);
    }

    private async Task PutAsync(string queue, MessageName name, byte[] content, CancellationToken cancellationToken)
    {
        var path = EnsureDirectory(queue);
        var target = Path.Combine(path, name.ToString());
        await DurableFiles.CreateAsync(target + TemporarySuffix, target, content, mode: null, cancellationToken);
    }

    private static async Task<QueueMessage?> ClaimAsync(string queue, string path, MessageName name, DateTimeOffset until)
    {
        var claimed = name with { VisibleAt = until, DequeueCount = name.DequeueCount + 1 };
        var receipt = claimed.ToString();
        if (!TryRename(Path.Combine(path, name.ToString()), Path.Combine(path, receipt)))
        {
            return null;
        }

        // With a timeout near zero another receiver may have it already.
        return await ReadAsync(Path.Combine(path, receipt), CancellationToken.None) is { } text
            ? new QueueMessage(queue, claimed.Id, text, claimed.DequeueCount, claimed.InsertedAt, until, receipt)
            : null;
    }

    /// <summary>Null when it was claimed or completed meanwhile.</summary>
    private static async Task<string?> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return Encoding.UTF8.GetString(await File.ReadAllBytesAsync(file, cancellationToken));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static bool Relist(string path, QueueListing listing, DateTimeOffset now)
    {
        if (!Directory.Exists(path))
        {
            return false;
        }

        var files = Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file)).ToList();
        listing.Fill(files.Where(file => file.EndsWith(MessageName.Suffix, StringComparison.Ordinal)));
        DeleteLeftovers(path, files, now);
        return true;
    }

    /// <summary>What a process that died between two steps left behind; neither kind is a message.</summary>
    private static void DeleteLeftovers(string path, List<string> files, DateTimeOffset now)
    {
        foreach (var leftover in files.Where(file => Path.GetExtension(file) is TemporarySuffix or DoneSuffix))
        {
            if (MessageName.TryParse(Path.GetFileNameWithoutExtension(leftover), out var name) && name.InsertedAt + TemporaryLifetime < now)
            {
                File.Delete(Path.Combine(path, leftover));
            }
        }
    }

    private static bool TryRename(string from, string to)
    {
        try
        {
            File.Move(from, to, overwrite: true);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }

    private string PathOf(string queue)
    {
        QueueRules.ValidateName(queue);
        return Path.Combine(_directory, queue);
    }

    private string EnsureDirectory(string queue)
    {
        var path = PathOf(queue);
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path);
            DurableFiles.FlushDirectory(_directory);
        }

        return path;
    }
}
