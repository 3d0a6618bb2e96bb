using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Gatehouse.Core.Images;
using Gatehouse.TestKit.Host;
using Moq;

namespace Gatehouse.Functions.Tests.Support;

/// <summary>An <see cref="ApiHost"/> that notes what the estate and the watches are told, and what is kept on the poison queue.</summary>
internal sealed class HookedHost(ApiHost api) : IAsyncDisposable
{
    public ApiHost Api => api;

    public ConcurrentQueue<string> Pushes { get; } = [];

    /// <summary>Where the pushes went.</summary>
    public ConcurrentQueue<string> Hosts { get; } = [];

    public ConcurrentQueue<string> Updates { get; } = [];

    /// <summary>Ids of pushes the estate cannot take now.</summary>
    public HashSet<string> Away { get; } = [];

    public static async Task<HookedHost> StartAsync(params (string Key, string? Value)[] settings)
    {
        var host = new HookedHost(await ApiHost.StartAsync(settings));
        host.Api.Estate
            .Setup(estate => estate.OnPushedAsync(It.IsAny<string>(), It.IsAny<string>(), It.IsAny<string>(), It.IsAny<string?>(), It.IsAny<Digest>(), It.IsAny<string?>(), It.IsAny<CancellationToken>()))
            .Returns((string id, string registry, string _, string? _, Digest _, string? _, CancellationToken _) =>
            {
                if (host.Away.Contains(id))
                {
                    throw new IOException("the store is away");
                }

                host.Pushes.Enqueue(id);
                host.Hosts.Enqueue(registry);
                return Task.CompletedTask;
            });
        host.Api.Watches
            .Setup(watches => watches.OnUpstreamPushedAsync(It.IsAny<string>(), It.IsAny<ImageReference>(), It.IsAny<CancellationToken>()))
            .Callback((string id, ImageReference _, CancellationToken _) => host.Updates.Enqueue(id))
            .ReturnsAsync(1);
        return host;
    }

    public async Task<Answer> InvokeAsync(string function, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(api.Address, "/" + function)) { Content = new StringContent(body) };
        request.Content.Headers.ContentType = new("application/json", "utf-8");
        request.Headers.Add("X-Azure-Functions-InvocationId", "7a6e7e76-4e89-4e68-b660-066862a7ad18");
        return await api.SendAsync(request);
    }

    public Task<Answer> QueueAsync(string text) => InvokeAsync("OnQueuedEvent", InvocationBodies.Queue("OnQueuedEvent", text));

    public Task<Answer> TriggerAsync(string function, string json) => InvokeAsync(function, InvocationBodies.EventGrid(function, json, asText: false));

    /// <summary>What the poison queue holds now; each is taken off.</summary>
    public async Task<IReadOnlyList<JsonNode>> KeptAsync()
    {
        var kept = new List<JsonNode>();
        foreach (var message in await api.Queue.ReceiveAsync("gatehouse-events-poison", 32, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken))
        {
            kept.Add(JsonNode.Parse(message.Text)!);
            await api.Queue.CompleteAsync(message, TestContext.Current.CancellationToken);
        }

        return kept;
    }

    public ValueTask DisposeAsync() => api.DisposeAsync();
}
