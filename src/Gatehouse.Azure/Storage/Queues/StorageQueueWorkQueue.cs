using System.Globalization;
using Azure.Core;
using Gatehouse.Azure.Http;
using Gatehouse.Core.Queues;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Azure.Storage.Queues;

/// <summary>Azure Queue storage, or Azurite. A queue is made when the first message is put on it. Source: Queue service REST API.</summary>
internal sealed class StorageQueueWorkQueue(StoragePipelines pipelines, StorageAccount account, StorageFaults faults, ILogger<StorageQueueWorkQueue> logger) : IWorkQueue, IWorkQueueReceiver
{
    /// <summary>Source: Get Messages, numofmessages.</summary>
    private const int MaxReceived = 32;

    /// <summary>Longest answer, in bytes: 32 messages of 64 KiB and their envelopes.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Longer than any delivery's last steps, so that a message being moved is not delivered meanwhile.</summary>
    private static readonly TimeSpan Moving = TimeSpan.FromMinutes(1);

    private readonly string _base = account.Queues.AbsoluteUri.TrimEnd('/');

    public Task EnqueueAsync(string queue, string text, TimeSpan delay, CancellationToken cancellationToken)
    {
        QueueRules.ValidateName(queue);
        QueueRules.ValidateDelay(delay);
        return PutAsync(queue, QueueXml.Write(QueueRules.Encode(text)), delay, cancellationToken);
    }

    public async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(string queue, int max, TimeSpan visibilityTimeout, CancellationToken cancellationToken)
    {
        QueueRules.ValidateName(queue);
        QueueRules.ValidateVisibilityTimeout(visibilityTimeout);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        var url = $"{UrlOf(queue)}/messages?numofmessages={Math.Min(max, MaxReceived)}&visibilitytimeout={Seconds(visibilityTimeout)}";
        var answer = await SendAsync(RequestMethod.Get, url, null, cancellationToken);
        if (StorageError.IsQueueAbsent(answer))
        {
            return [];
        }

        Require(queue, "receiving", answer);
        return QueueXml.Read(queue, answer.Body);
    }

    public async Task<bool> CompleteAsync(QueueMessage message, CancellationToken cancellationToken) =>
        Held(message.Queue, "completing", await SendAsync(RequestMethod.Delete, Claim(message, message.Receipt), null, cancellationToken));

    public async Task<bool> AbandonAsync(QueueMessage message, TimeSpan delay, CancellationToken cancellationToken)
    {
        QueueRules.ValidateDelay(delay);
        return Held(message.Queue, "abandoning", await UpdateAsync(message, delay, cancellationToken));
    }

    public async Task<bool> MoveToPoisonAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        // A copy must not be made of a message that another delivery has: first the claim is renewed.
        var renewed = await UpdateAsync(message, Moving, cancellationToken);
        if (!Held(message.Queue, "moving", renewed))
        {
            return false;
        }

        await PutAsync(QueueNames.Poison(message.Queue), QueueXml.Write(QueueRules.Encode(message.Text)), TimeSpan.Zero, cancellationToken);
        var receipt = renewed.Headers.GetValueOrDefault("x-ms-popreceipt") ?? message.Receipt;
        return Held(message.Queue, "moving", await SendAsync(RequestMethod.Delete, Claim(message, receipt), null, cancellationToken));
    }

    public async Task<IReadOnlyList<PeekedMessage>> PeekAsync(string queue, int max, CancellationToken cancellationToken)
    {
        QueueRules.ValidateName(queue);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        var answer = await SendAsync(RequestMethod.Get, $"{UrlOf(queue)}/messages?peekonly=true&numofmessages={Math.Min(max, MaxReceived)}", null, cancellationToken);
        if (StorageError.IsQueueAbsent(answer))
        {
            return [];
        }

        Require(queue, "peeking", answer);
        return QueueXml.ReadPeeked(queue, answer.Body);
    }

    /// <summary>The service's count is approximate.</summary>
    public async Task<long> CountAsync(string queue, CancellationToken cancellationToken)
    {
        QueueRules.ValidateName(queue);
        var answer = await SendAsync(RequestMethod.Get, $"{UrlOf(queue)}?comp=metadata", null, cancellationToken);
        if (StorageError.IsQueueAbsent(answer))
        {
            return 0;
        }

        Require(queue, "counting", answer);
        return answer.Headers.TryGetValue("x-ms-approximate-messages-count", out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new IOException($"Queue '{queue}' did not say how many messages it holds.");
    }

    private async Task PutAsync(string queue, byte[] body, TimeSpan delay, CancellationToken cancellationToken)
    {
        // Work waits for as long as it takes; -1 is "never expires".
        var url = $"{UrlOf(queue)}/messages?visibilitytimeout={Seconds(delay)}&messagettl=-1";
        var answer = await SendAsync(RequestMethod.Post, url, body, cancellationToken);
        if (StorageError.IsQueueAbsent(answer))
        {
            await MakeAsync(queue, cancellationToken);
            answer = await SendAsync(RequestMethod.Post, url, body, cancellationToken);
        }

        Require(queue, "putting a message on", answer);
    }

    /// <summary>Another may make it meanwhile.</summary>
    private async Task MakeAsync(string queue, CancellationToken cancellationToken)
    {
        var made = await SendAsync(RequestMethod.Put, UrlOf(queue), null, cancellationToken);
        if (made.Status != 409 || Code(made) != "QueueAlreadyExists")
        {
            Require(queue, "making", made);
            logger.QueueCreated(queue);
        }
    }

    private Task<AzureAnswer> UpdateAsync(QueueMessage message, TimeSpan delay, CancellationToken cancellationToken) =>
        SendAsync(RequestMethod.Put, $"{Claim(message, message.Receipt)}&visibilitytimeout={Seconds(delay)}", null, cancellationToken);

    private string Claim(QueueMessage message, string receipt)
    {
        QueueRules.ValidateName(message.Queue);
        return $"{UrlOf(message.Queue)}/messages/{Uri.EscapeDataString(message.Id)}?popreceipt={Uri.EscapeDataString(receipt)}";
    }

    private Task<AzureAnswer> SendAsync(RequestMethod method, string url, byte[]? body, CancellationToken cancellationToken) => pipelines.Queues.SendAsync(
        request =>
        {
            request.Method = method;
            request.Uri.Reset(new Uri(url));
            if (body is not null)
            {
                request.Content = RequestContent.Create(body);
                request.Headers.SetValue("Content-Type", "application/xml");
            }
        },
        "application/xml",
        MaxBytes,
        cancellationToken);

    /// <summary>False when the claim had run out: the message is gone, or has a newer receipt.</summary>
    private bool Held(string queue, string what, AzureAnswer answer)
    {
        if (StorageError.IsMessageAbsent(answer) || (answer.Status == 400 && Code(answer) == "PopReceiptMismatch"))
        {
            return false;
        }

        Require(queue, what, answer);
        return true;
    }

    private void Require(string queue, string what, AzureAnswer answer)
    {
        if (!answer.IsSuccess)
        {
            throw new IOException(faults.Tell(StorageService.Queue, $"Queue '{queue}': {what}", answer));
        }
    }

    private static string Code(AzureAnswer answer) => StorageError.Read(answer).Code;

    private string UrlOf(string queue) => $"{_base}/{account.QueueOf(queue)}";

    /// <summary>Up, so that no message is visible too early.</summary>
    private static long Seconds(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds);
}
