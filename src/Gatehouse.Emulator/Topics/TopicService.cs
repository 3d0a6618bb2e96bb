using Gatehouse.Core.Results;
using Gatehouse.Emulator.Arm;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Identity;
using Gatehouse.Emulator.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Emulator.Topics;

/// <summary>The custom topics: publishing with an Entra token. Keys and shared access signatures are off, as in a hardened topic.</summary>
internal sealed class TopicService(EmulatorOptions options, EmulatorServices services, EntraTokens tokens)
{
    public const string Path = "/api/events";

    /// <summary>Of one request.</summary>
    public const int MaxBytes = 1024 * 1024;

    private readonly ILogger _logger = services.LoggerFactory.CreateLogger("Gatehouse.Emulator.Topics");

    public IReadOnlyList<EmulatedTopic> All { get; } = [.. options.Topics.Select(topic => new EmulatedTopic(
        topic,
        $"/subscriptions/{options.SubscriptionId}/resourceGroups/{options.ResourceGroup}/providers/Microsoft.EventGrid/topics/{topic.Name}",
        services.Clock))];

    public IEnumerable<EndpointTag> Endpoints => All.Select(topic => topic.Tag);

    public async Task HandleAsync(HttpContext http, EndpointTag endpoint)
    {
        var topic = All.First(topic => topic.Tag == endpoint);
        if (topic.Faults.Down)
        {
            http.Abort();
            return;
        }

        if (Refuse(http, topic) is { } refusal)
        {
            await ArmReply.ErrorAsync(http, refusal.Status, refusal.Code, refusal.Message);
            return;
        }

        if (!(await ReadAsync(http, topic)).TryGet(out var events, out var error))
        {
            Log.PublishRefused(_logger, topic.Name, error.Code, error.Message);
            await ArmReply.ErrorAsync(http, error.Kind == ErrorKind.TooLarge ? 413 : 400, error.Code, error.Message);
            return;
        }

        topic.Take(events);
        Log.EventsTaken(_logger, topic.Name, events.Count);
        if (topic.Faults.TakeLostReply())
        {
            http.Abort();
            return;
        }

        await Reply.EmptyAsync(http, 200);
    }

    private (int Status, string Code, string Message)? Refuse(HttpContext http, EmulatedTopic topic)
    {
        if (http.Request.Path != Path)
        {
            return (404, "NotFound", $"There is nothing at this path; publish to {Path}.");
        }

        if (!HttpMethods.IsPost(http.Request.Method))
        {
            return (405, "MethodNotAllowed", $"{http.Request.Method} is not allowed here.");
        }

        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || tokens.Read(header["Bearer ".Length..].Trim(), EntraTokens.EventGridAudience) is not { } claims || tokens.IsEnded(claims))
        {
            return (401, "Unauthorized", $"The request carries no access token, or one that is invalid, has expired, or is not for the audience '{EntraTokens.EventGridAudience}'.");
        }

        if (topic.Faults.Denied)
        {
            return (403, "Forbidden", "The principal does not have the role EventGrid Data Sender on the topic.");
        }

        if (topic.Faults.Throttled is { } left)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(left.TotalSeconds).ToString("0");
            return (429, "TooManyRequests", "The topic is being throttled; wait as long as Retry-After says.");
        }

        return http.Query("api-version") is { Length: > 0 } ? null : (400, "BadRequest", "The api-version query parameter (?api-version=) is required.");
    }

    private async Task<Result<IReadOnlyList<TopicEvent>>> ReadAsync(HttpContext http, EmulatedTopic topic)
    {
        var contentType = http.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant() ?? string.Empty;
        return await BodyReader.ReadAsync(http, MaxBytes, http.RequestAborted) is { } body
            ? TopicBody.Read(body, contentType, topic, services.Clock.GetUtcNow())
            : TopicBody.TooLarge($"The request exceeds {MaxBytes} bytes.");
    }
}
