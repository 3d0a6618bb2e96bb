using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Core.Time;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Storage;

namespace Gatehouse.Emulator.Events;

/// <summary>Asks a web hook whether it wants the events. Source: Event Grid end point validation, both schemas.</summary>
internal sealed class Handshake(EventSubscriptionOptions options, string topic, HttpClient http, TimeProvider clock, IEntropy entropy, Func<string> validationHost)
{
    public const string Path = "/eventgrid/validate";

    private const string Origin = "eventgrid.azure.net";
    private const int MaxAnswer = 16 * 1024;

    private readonly string _code = entropy.Next();
    private readonly TaskCompletionSource _manual = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when somebody opened the validation URL.</summary>
    public Task Manual => _manual.Task;

    /// <summary>Takes a GET of the validation URL; false when the code is another's.</summary>
    public bool TryConfirm(string? code)
    {
        var mine = code is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(code), Encoding.UTF8.GetBytes(_code));
        if (mine)
        {
            _manual.TrySetResult();
        }

        return mine;
    }

    /// <summary>One try. True when the hook agreed.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    public Task<bool> TryAsync(CancellationToken cancellationToken) =>
        options.Schema == EventSchema.EventGridSchema ? AskByEventAsync(cancellationToken) : AskByOptionsAsync(cancellationToken);

    private async Task<bool> AskByOptionsAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, options.Url);
        request.Headers.TryAddWithoutValidation("WebHook-Request-Origin", Origin);
        request.Headers.TryAddWithoutValidation("WebHook-Request-Rate", "120");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return response.StatusCode == HttpStatusCode.OK
            && response.Headers.TryGetValues("WebHook-Allowed-Origin", out var allowed)
            && allowed.Any(origin => origin is Origin or "*");
    }

    private async Task<bool> AskByEventAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ByteArrayContent(Body()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=utf-8");
        request.Headers.TryAddWithoutValidation("aeg-event-type", "SubscriptionValidation");
        request.Headers.TryAddWithoutValidation("aeg-subscription-name", options.Name.ToUpperInvariant());
        request.Headers.TryAddWithoutValidation("aeg-delivery-count", "0");
        request.Headers.TryAddWithoutValidation("aeg-data-version", "2");
        request.Headers.TryAddWithoutValidation("aeg-metadata-version", "1");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentLength > MaxAnswer)
        {
            return false;
        }

        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[MaxAnswer];
            var length = await stream.ReadAtLeastAsync(buffer, MaxAnswer, throwOnEndOfStream: false, cancellationToken);
            using var answer = JsonDocument.Parse(buffer.AsMemory(0, length));
            return answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty("validationResponse", out var code) && code.GetString() == _code;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // An answer without the code leaves the subscription waiting for somebody to open the validation URL.
            return false;
        }
    }

    private byte[] Body()
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteString("id", entropy.Next());
            writer.WriteString("topic", topic);
            writer.WriteString("subject", string.Empty);
            writer.WriteStartObject("data");
            writer.WriteString("validationCode", _code);
            writer.WriteString("validationUrl", $"http://{validationHost()}{Path}?code={_code}");
            writer.WriteEndObject();
            writer.WriteString("eventType", "Microsoft.EventGrid.SubscriptionValidationEvent");
            writer.WriteString("eventTime", RegistryEvent.Time(clock.GetUtcNow()));
            writer.WriteString("metadataVersion", "1");
            writer.WriteString("dataVersion", "2");
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        return body.ToArray();
    }
}
