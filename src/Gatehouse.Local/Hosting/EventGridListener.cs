using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Local.Hosting;

/// <summary>
/// The Event Grid web hook of the Functions host: answers the validation handshakes of both schemas and hands each event to its
/// function, <c>/runtime/webhooks/eventgrid?functionName=…</c>. Source: "Webhook event delivery", azure-functions-host.
/// </summary>
internal sealed class EventGridListener : IAsyncDisposable
{
    private const string Path = "/runtime/webhooks/eventgrid";

    private readonly WebApplication _app;
    private readonly ILogger<EventGridListener> _logger;
    private readonly InvocationEnvelope _envelopes;
    private FunctionInvoker? _invoker;

    private EventGridListener(WebApplication app, InvocationEnvelope envelopes, ILogger<EventGridListener> logger) =>
        (_app, _envelopes, _logger) = (app, envelopes, logger);

    /// <summary>Starts listening; events are refused with 503, and so delivered again, until <see cref="Connect"/>.</summary>
    public static async Task<EventGridListener> StartAsync(InvocationEnvelope envelopes, ILogger<EventGridListener> logger, CancellationToken cancellationToken)
    {
        var app = LoopbackApp.Build();
        var listener = new EventGridListener(app, envelopes, logger);
        app.Run(listener.AnswerAsync);
        await app.StartAsync(cancellationToken);
        return listener;
    }

    public Uri UrlOf(string function) => new($"{_app.Urls.First()}{Path}?functionName={function}");

    public void Connect(FunctionInvoker invoker) => _invoker = invoker;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var function = context.Request.Query["functionName"].ToString();
        if (context.Request.Path != Path || function is not ("OnRegistryEvent" or "OnUpstreamUpdated"))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.Headers["WebHook-Allowed-Origin"] = context.Request.Headers["WebHook-Request-Origin"].ToString();
            context.Response.Headers["WebHook-Allowed-Rate"] = "*";
            context.Response.Headers.Allow = "POST";
        }
        else
        {
            await ReceiveAsync(context, function);
        }
    }

    private async Task ReceiveAsync(HttpContext context, string function)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            var events = body.RootElement.ValueKind == JsonValueKind.Array ? body.RootElement.EnumerateArray().ToList() : [body.RootElement];
            if (context.Request.Headers["aeg-event-type"] == "SubscriptionValidation")
            {
                await ValidateAsync(context.Response, events[0]);
                return;
            }

            context.Response.StatusCode = _invoker is not null && await DeliverAsync(_invoker, function, events, context.RequestAborted)
                ? StatusCodes.Status200OK
                : StatusCodes.Status503ServiceUnavailable;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            Log.EventUnreadable(_logger, function, exception.Message);
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }

    private async Task<bool> DeliverAsync(FunctionInvoker invoker, string function, List<JsonElement> events, CancellationToken cancellationToken)
    {
        var all = true;
        foreach (var entry in events)
        {
            all &= await invoker.InvokeAsync(function, _envelopes.EventGrid(function, entry), cancellationToken);
        }

        return all;
    }

    private static async Task ValidateAsync(HttpResponse response, JsonElement validation)
    {
        var code = validation.GetProperty("data").GetProperty("validationCode").GetString();
        response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(response.Body);
        writer.WriteStartObject();
        writer.WriteString("validationResponse", code);
        writer.WriteEndObject();
    }
}
