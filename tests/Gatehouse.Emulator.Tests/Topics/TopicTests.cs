using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Tests.Events;
using Gatehouse.Emulator.Tests.Support;
using Gatehouse.Emulator.Topics;

namespace Gatehouse.Emulator.Tests.Topics;

public sealed class TopicTests
{
    private const string Batch = "application/cloudevents-batch+json; charset=utf-8";
    private const string Single = "application/cloudevents+json";
    private const string Audience = "https://eventgrid.azure.net";

    private static string Cloud(string id, int padding = 0) =>
        $$$"""{"specversion":"1.0","id":"{{{id}}}","source":"urn:test","type":"Test.Happened","subject":"s","data":"{{{new string('x', padding)}}}"}""";

    private static string Grid(string id) =>
        $$$"""{"id":"{{{id}}}","eventType":"Test.Happened","subject":"s","eventTime":"2026-03-01T12:00:00Z","dataVersion":"1","data":{"n":1} }""";

    [Theory]
    [InlineData("cloud", Batch, true)]
    [InlineData("cloud", Single, false)]
    [InlineData("grid", "application/json", true)]
    public async Task Publish_InTheTopicsSchema_IsReceived(string topic, string contentType, bool array)
    {
        await using var emulator = await StartAsync();
        var one = topic == "cloud" ? Cloud("e-1") : Grid("e-1");

        Assert.Equal((200, string.Empty), await PublishAsync(emulator, topic, array ? $"[{one}]" : one, contentType));

        var received = Assert.Single(emulator.Host.Topic(topic).Received);
        Assert.Equal(("e-1", "Test.Happened", "s", one), (received.Id, received.Type, received.Subject, received.Json));
    }

    [Theory]
    [InlineData("cloud", "application/json", "[]", 400)]
    [InlineData("cloud", Batch, "[]", 400)]
    [InlineData("cloud", Batch, "{}", 400)]
    [InlineData("cloud", Batch, "[7]", 400)]
    [InlineData("cloud", Batch, "[{", 400)]
    [InlineData("cloud", Batch, """[{"specversion":"1.0","id":"","source":"s","type":"t"}]""", 400)]
    [InlineData("cloud", Batch, """[{"specversion":"0.3","id":"1","source":"s","type":"t"}]""", 400)]
    [InlineData("cloud", Single, """[{"specversion":"1.0","id":"1","source":"s","type":"t"}]""", 400)]
    [InlineData("grid", Batch, """[{"specversion":"1.0","id":"1","source":"s","type":"t"}]""", 400)]
    [InlineData("grid", "application/json", """[{"id":"1","eventType":"t","subject":"s","eventTime":"2026-03-01T12:00:00Z"}]""", 400)]
    public async Task Publish_WhatIsNoEventOfTheTopic_IsRefusedWhole(string topic, string contentType, string body, int status)
    {
        await using var emulator = await StartAsync();

        Assert.Equal((status, "BadRequest"), await PublishAsync(emulator, topic, body, contentType));
        Assert.Empty(emulator.Host.Topic(topic).Received);
    }

    [Theory]
    [InlineData("https://management.azure.com", 401, "Unauthorized")]
    [InlineData("https://eventgrid.azure.us", 401, "Unauthorized")]
    [InlineData(null, 401, "Unauthorized")]
    [InlineData(Audience, 200, "")]
    [InlineData(Audience + "/", 200, "")]
    public async Task Publish_Token_MustBeForEventGrid(string? audience, int status, string code)
    {
        await using var emulator = await StartAsync();

        Assert.Equal((status, code), await PublishAsync(emulator, "cloud", $"[{Cloud("e-1")}]", Batch, audience));
    }

    [Fact]
    public async Task Publish_TokenEndedBeforeItsTime_IsRefused()
    {
        await using var emulator = await StartAsync();
        var old = await AcrClient.EntraTokenAsync(emulator, Audience);
        emulator.Host.ExpireTokens();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(emulator.Host.Topic("cloud").Endpoint, "?api-version=2018-01-01"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", old);
        request.Content = new StringContent($"[{Cloud("e-1")}]", Encoding.UTF8, MediaTypeHeaderValue.Parse(Batch));

        using var refused = await emulator.Http.SendAsync(request, TestEmulator.Token);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal((200, string.Empty), await PublishAsync(emulator, "cloud", $"[{Cloud("e-1")}]", Batch));
    }

    [Fact]
    public async Task Publish_AboveOneMebibyte_Is413()
    {
        await using var emulator = await StartAsync();

        Assert.Equal((413, "RequestEntityTooLarge"), await PublishAsync(emulator, "cloud", $"[{Cloud("e-1", 1024 * 1024)}]", Batch));
        emulator.Host.Topic("cloud").Faults.MaxEventBytes = 1000;
        Assert.Equal((413, "RequestEntityTooLarge"), await PublishAsync(emulator, "cloud", $"[{Cloud("e-1")},{Cloud("e-2", 1000)}]", Batch));
        Assert.Empty(emulator.Host.Topic("cloud").Received);
    }

    [Fact]
    public async Task Topic_Faults_AreAnsweredAsAzureDoes()
    {
        await using var emulator = await StartAsync();
        var faults = emulator.Host.Topic("cloud").Faults;
        faults.Denied = true;
        Assert.Equal((403, "Forbidden"), await PublishAsync(emulator, "cloud", $"[{Cloud("e-1")}]", Batch));
        faults.Denied = false;
        faults.Throttle(TimeSpan.FromMinutes(1));
        Assert.Equal((429, "TooManyRequests"), await PublishAsync(emulator, "cloud", $"[{Cloud("e-1")}]", Batch));
        faults.Throttle(TimeSpan.Zero);
        faults.Down = true;
        await Assert.ThrowsAsync<HttpRequestException>(() => PublishAsync(emulator, "cloud", $"[{Cloud("e-1")}]", Batch));
        faults.Down = false;
        Assert.Equal(0, emulator.Host.Topic("cloud").Total);
        faults.LoseReplies(1);
        await Assert.ThrowsAsync<HttpRequestException>(() => PublishAsync(emulator, "cloud", $"[{Cloud("e-1")}]", Batch));
        Assert.Equal(1, emulator.Host.Topic("cloud").Total);
    }

    [Fact]
    public async Task Subscription_ToAWebHook_GetsWhatWasPublished()
    {
        await using var hook = await HookServer.StartAsync();
        await using var emulator = await StartAsync(
            new EventSubscriptionOptions { Topic = "cloud", Url = hook.Url, Schema = EventSchema.CloudEventSchemaV1_0 },
            new EventSubscriptionOptions { Topic = "grid", Url = hook.Url, Schema = EventSchema.EventGridSchema });
        await Soon.IsAsync(() => hook.Validations.Count == 2);

        await PublishAsync(emulator, "cloud", $"[{Cloud("e-1")}]", Batch);
        await Soon.IsAsync(() => hook.Notifications.Count == 1);
        await PublishAsync(emulator, "grid", $"[{Grid("e-2")}]", "application/json");
        await Soon.IsAsync(() => hook.Notifications.Count == 2);

        Assert.Equal(Cloud("e-1"), hook.Notifications[0].Body);
        var grid = hook.Notifications[1].Json[0];
        Assert.Equal(("e-2", emulator.Host.Topic("grid").ResourceId, "1"), (grid.GetProperty("id").GetString(), grid.GetProperty("topic").GetString(), grid.GetProperty("metadataVersion").GetString()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Subscription_ToAQueue_GetsOneObjectAMessage_AgainWhenTheQueueFails(bool base64)
    {
        var texts = new ConcurrentQueue<string>();
        var failures = 1;
        await using var emulator = await StartAsync(new EventSubscriptionOptions
        {
            Registry = TestEmulator.Acr,
            QueueBase64 = base64,
            Queue = (text, _) =>
            {
                if (Interlocked.Decrement(ref failures) >= 0)
                {
                    throw new IOException("the queue is away");
                }

                texts.Enqueue(text);
                return Task.CompletedTask;
            },
        });

        await emulator.AtHome().PushImageAsync("team/app", "1.0", "one");
        await Soon.IsAsync(() => texts.Count == 2);

        var text = base64 ? Encoding.UTF8.GetString(Convert.FromBase64String(texts.First())) : texts.First();
        using var one = JsonDocument.Parse(text);
        Assert.Equal(("Microsoft.ContainerRegistry.ImagePushed", "team/app:1.0"), (one.RootElement.GetProperty("eventType").GetString(), one.RootElement.GetProperty("subject").GetString()));
    }

    [Fact]
    public void Options_OfTopics_NameEveryFault()
    {
        var options = new EmulatorOptions
        {
            DataDirectory = "x",
            Topics = [new EmulatedTopicOptions { Name = "a_b", Port = -1 }, new EmulatedTopicOptions { Name = "cloud" }],
            EventSubscriptions =
            [
                new EventSubscriptionOptions { Topic = "absent", Url = new Uri("http://127.0.0.1/") },
                new EventSubscriptionOptions { Topic = "cloud", Schema = EventSchema.EventGridSchema, Queue = (_, _) => Task.CompletedTask, Url = new Uri("http://127.0.0.1/") },
            ],
        };

        var message = Assert.Throws<EmulatorOptionsException>(() => EmulatorOptionsValidator.Check(options)).Message;

        Assert.Equal(
            ["EventSubscriptions[0].Topic", "EventSubscriptions[1].Queue", "EventSubscriptions[1].Schema", "Topics.Name", "Topics.a_b.Port"],
            message.Split(Environment.NewLine).Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    private static Task<TestEmulator> StartAsync(params EventSubscriptionOptions[] subscriptions) => TestEmulator.StartAsync(options: path =>
    {
        var plain = TestEmulator.Options(path);
        return new EmulatorOptions
        {
            DataDirectory = path,
            Registries = plain.Registries,
            EventRetryScale = 0.001,
            Topics = [new EmulatedTopicOptions { Name = "cloud" }, new EmulatedTopicOptions { Name = "grid", Schema = EventSchema.EventGridSchema }],
            EventSubscriptions = subscriptions,
        };
    });

    /// <summary>The status, and the code of the error envelope.</summary>
    private static async Task<(int Status, string Code)> PublishAsync(TestEmulator emulator, string topic, string body, string contentType, string? audience = Audience)
    {
        EmulatedTopic to = emulator.Host.Topic(topic);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(to.Endpoint, "?api-version=2018-01-01")) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (audience is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await AcrClient.EntraTokenAsync(emulator, audience));
        }

        using var response = await emulator.Http.SendAsync(request, TestEmulator.Token);
        return ((int)response.StatusCode, response.StatusCode == HttpStatusCode.OK ? string.Empty : (await AcrClient.JsonAsync(response)).GetProperty("error").GetProperty("code").GetString()!);
    }
}
