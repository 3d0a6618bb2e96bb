using System.Buffers;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Messaging.EventGrid;
using Gatehouse.Azure.Http;
using Gatehouse.Azure.Options;
using Gatehouse.Core.Events;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Events;

/// <summary>A custom topic of Event Grid. Needs the role EventGrid Data Sender on it.</summary>
internal sealed class EventGridSink : IEventSink
{
    /// <summary>Longest answer that is read, in bytes; a longer one loses its text.</summary>
    private const int MaxAnswer = 64 * 1024;

    private readonly EventGridPublisherClient _client;
    private readonly TimeProvider _clock;
    private readonly ILogger<EventGridSink> _logger;

    public EventGridSink(IOptions<EventGridOptions> topic, IOptions<AzureOptions> azure, TokenCredential credential, HttpPipelineTransport transport, TimeProvider clock, ILogger<EventGridSink> logger)
    {
        var settings = new EventGridPublisherClientOptions().WithDefaults(azure.Value, transport, clock);
        settings.AddPolicy(new ShortAnswerPolicy(MaxAnswer), HttpPipelinePosition.BeforeTransport);
        settings.AddPolicy(new ClientFailureLog(logger, clock), HttpPipelinePosition.PerCall);
        settings.AddPolicy(new FreshTokenPolicy(credential, topic.Value.Scope!, clock, logger), HttpPipelinePosition.PerRetry);
        _client = new EventGridPublisherClient(new Uri(topic.Value.TopicEndpoint!), new ReplacedCredential(), settings);
        _clock = clock;
        _logger = logger;
    }

    public async Task<SinkAnswer> SendAsync(IReadOnlyList<GovernanceEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            await _client.SendEncodedCloudEventsAsync(Join(events), cancellationToken);
            _logger.EventsTaken(events.Count, events[0].LedgerIndex, events[^1].LedgerIndex);
            return new SinkAnswer.Taken();
        }
        catch (RequestFailedException answered) when (answered.Status > 0)
        {
            return Judge(answered);
        }
        catch (Exception exception) when (AzureCall.FaultOf(exception, cancellationToken) is { } fault)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new SinkAnswer.Unavailable(fault.Code, fault.Message);
        }
    }

    /// <summary>400 and 413 are about the events; all else, 401, 403 and 404 too, is about us or the topic, and passes when that is put right.</summary>
    private SinkAnswer Judge(RequestFailedException answered)
    {
        var error = answered.GetRawResponse() is { } response ? ErrorBody.Read(response.Content.ToMemory()) : ErrorBody.None;
        var code = error.Code ?? answered.Status.ToString();
        var message = $"{answered.Status}: {(error.Message.Length > 0 ? error.Message : "no message")}{CallIds.Of(answered)}";
        return answered.Status is 400 or 413 ? new SinkAnswer.Refused(code, message, TooLarge: answered.Status == 413) : new SinkAnswer.Unavailable(code, message, answered.GetRawResponse() is { } raw ? RetryAfterHeader.Read(raw, _clock) : null);
    }

    /// <summary>The bytes as they are: nothing is written anew.</summary>
    private static ReadOnlyMemory<byte> Join(IReadOnlyList<GovernanceEvent> events)
    {
        var body = new ArrayBufferWriter<byte>(events.Sum(one => one.Json.Length + 1) + 2);
        body.Write("["u8);
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0)
            {
                body.Write(","u8);
            }

            body.Write(events[i].Json.Span);
        }

        body.Write("]"u8);
        return body.WrittenMemory;
    }
}
