using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.Core.Time;
using Gatehouse.Local.Hosting;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gatehouse.Local.Tests.Hosting;

public class EventGridListenerTests
{
    [Fact]
    public async Task Receive_ValidationOfBothSchemas_IsAnswered()
    {
        await using var listener = await StartAsync();
        using var client = new HttpClient();
        using var validation = new HttpRequestMessage(HttpMethod.Post, listener.UrlOf("OnRegistryEvent"))
        {
            Content = JsonContent.Create(new JsonArray(new JsonObject { ["data"] = new JsonObject { ["validationCode"] = "512d" } })),
        };
        validation.Headers.Add("aeg-event-type", "SubscriptionValidation");
        using var options = new HttpRequestMessage(HttpMethod.Options, listener.UrlOf("OnUpstreamUpdated"));
        options.Headers.Add("WebHook-Request-Origin", "eventgrid.azure.net");

        var grid = await client.SendAsync(validation, TestContext.Current.CancellationToken);
        var cloud = await client.SendAsync(options, TestContext.Current.CancellationToken);

        Assert.Equal("""{"validationResponse":"512d"}""", await grid.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("eventgrid.azure.net", Assert.Single(cloud.Headers.GetValues("WebHook-Allowed-Origin")));
    }

    [Fact]
    public async Task Receive_BeforeTheAppIsThere_IsRefusedSoThatItComesAgain()
    {
        await using var listener = await StartAsync();
        using var client = new HttpClient();

        var answer = await client.PostAsJsonAsync(listener.UrlOf("OnRegistryEvent"), new JsonArray(new JsonObject { ["id"] = "1" }), TestContext.Current.CancellationToken);
        var unknown = await client.PostAsJsonAsync(listener.UrlOf("Elsewhere"), new JsonArray(), TestContext.Current.CancellationToken);
        var junk = await client.PostAsync(listener.UrlOf("OnRegistryEvent"), new StringContent("{"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, junk.StatusCode);
    }

    private static Task<EventGridListener> StartAsync()
    {
        var clock = new ManualTimeProvider();
        return EventGridListener.StartAsync(
            new InvocationEnvelope(clock, new IdSource(clock, new SeededEntropy())),
            NullLogger<EventGridListener>.Instance,
            TestContext.Current.CancellationToken);
    }
}
