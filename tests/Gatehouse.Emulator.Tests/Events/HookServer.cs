using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Gatehouse.Emulator.Tests.Support;
using Gatehouse.TestKit.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Emulator.Tests.Events;

internal sealed record Delivery(string Method, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);
}

/// <summary>A web hook that records what it gets and answers as told.</summary>
internal sealed class HookServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Delivery> _deliveries = [];

    private HookServer(WebApplication app) => _app = app;

    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/hook?code=x");

    /// <summary>What notifications are answered; 200 when it is empty.</summary>
    public ConcurrentQueue<int> Answers { get; } = [];

    /// <summary>Whether the validation is answered as asked.</summary>
    public bool Agrees { get; set; } = true;

    public IReadOnlyList<Delivery> Validations => [.. _deliveries.Where(IsValidation)];

    public IReadOnlyList<Delivery> Notifications => [.. _deliveries.Where(delivery => !IsValidation(delivery))];

    public static async Task<HookServer> StartAsync()
    {
        var builder = TestApp.CreateBuilder();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var server = new HookServer(builder.Build());
        server._app.Run(server.HandleAsync);
        await server._app.StartAsync(TestEmulator.Token);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static bool IsValidation(Delivery delivery) => delivery.Method == "OPTIONS" || delivery.Headers.GetValueOrDefault("aeg-event-type") == "SubscriptionValidation";

    private async Task HandleAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var delivery = new Delivery(
            http.Request.Method,
            await reader.ReadToEndAsync(http.RequestAborted),
            http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        _deliveries.Enqueue(delivery);
        if (!IsValidation(delivery))
        {
            http.Response.StatusCode = Answers.TryDequeue(out var status) ? status : 200;
        }
        else if (Agrees && delivery.Method == "OPTIONS")
        {
            http.Response.Headers["WebHook-Allowed-Origin"] = "eventgrid.azure.net";
        }
        else if (Agrees)
        {
            await http.Response.WriteAsync($$"""{"validationResponse":"{{delivery.Json[0].GetProperty("data").GetProperty("validationCode").GetString()}}"}""", http.RequestAborted);
        }
    }
}
