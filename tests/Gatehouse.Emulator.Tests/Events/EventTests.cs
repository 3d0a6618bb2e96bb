using System.Net;
using Gatehouse.Core.Images;
using Gatehouse.Emulator.Hosting;
using Gatehouse.Emulator.Tests.Support;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Emulator.Tests.Events;

public sealed class EventTests
{
    [Fact]
    public async Task Push_ByTag_IsAnEventPerReplica_InEventGridSchema()
    {
        await using var hook = await HookServer.StartAsync();
        await using var emulator = await StartAsync(hook, EventSchema.EventGridSchema, lag: TimeSpan.FromSeconds(9));
        var digest = await emulator.AtHome().PushImageAsync("team/app", "1.0", "one");
        await Soon.IsAsync(() => hook.Notifications.Count == 1);
        emulator.Manual.Advance(TimeSpan.FromSeconds(9));
        await Soon.IsAsync(() => hook.Notifications.Count == 2);

        Assert.Single(hook.Validations);
        Assert.Equal(["westeurope", "northeurope"], hook.Notifications.Select(delivery => delivery.Json[0].GetProperty("data").GetProperty("location").GetString()));
        var sent = hook.Notifications[0];
        Assert.Equal(("Notification", "GATEHOUSE", "0", "1", "2.0"), (sent.Headers["aeg-event-type"], sent.Headers["aeg-subscription-name"], sent.Headers["aeg-delivery-count"], sent.Headers["aeg-metadata-version"], sent.Headers["aeg-data-version"]));
        Assert.Equal("application/json; charset=utf-8", sent.Headers["Content-Type"]);
        var body = sent.Json[0];
        Assert.Equal(
            (emulator.Registry.ResourceId, "team/app:1.0", "Microsoft.ContainerRegistry.ImagePushed", "2.0", "1"),
            (body.GetProperty("topic").GetString(), body.GetProperty("subject").GetString(), body.GetProperty("eventType").GetString(), body.GetProperty("dataVersion").GetString(), body.GetProperty("metadataVersion").GetString()));
        var data = body.GetProperty("data");
        Assert.Equal(("push", body.GetProperty("id").GetString()), (data.GetProperty("action").GetString(), data.GetProperty("id").GetString()));
        var target = data.GetProperty("target");
        Assert.Equal(
            (MediaTypes.OciManifest, digest.ToString(), "team/app", "1.0"),
            (target.GetProperty("mediaType").GetString(), target.GetProperty("digest").GetString(), target.GetProperty("repository").GetString(), target.GetProperty("tag").GetString()));
        Assert.Equal(target.GetProperty("size").GetInt64(), target.GetProperty("length").GetInt64());
        Assert.Equal(("PUT", emulator.Home.Endpoint), (data.GetProperty("request").GetProperty("method").GetString(), data.GetProperty("request").GetProperty("host").GetString()));
    }

    [Fact]
    public async Task Delete_IsACloudEvent_AfterAHandshakeByOptions()
    {
        await using var hook = await HookServer.StartAsync();
        await using var emulator = await StartAsync(hook, EventSchema.CloudEventSchemaV1_0);
        var digest = await emulator.AtHome().PushImageAsync("app", null, "untagged");
        Assert.Equal(HttpStatusCode.Accepted, await emulator.AtHome().StatusAsync(HttpMethod.Delete, $"/v2/app/manifests/{digest}"));
        await Soon.IsAsync(() => hook.Notifications.Count == 2);
        Assert.Equal("eventgrid.azure.net", hook.Validations.Single().Headers["WebHook-Request-Origin"]);
        var sent = hook.Notifications[0];
        Assert.Equal("application/cloudevents+json; charset=utf-8", sent.Headers["Content-Type"]);
        Assert.Equal(
            (emulator.Registry.ResourceId, "app", "Microsoft.ContainerRegistry.ImageDeleted", "1.0"),
            (sent.Json.GetProperty("source").GetString(), sent.Json.GetProperty("subject").GetString(), sent.Json.GetProperty("type").GetString(), sent.Json.GetProperty("specversion").GetString()));
        var target = sent.Json.GetProperty("data").GetProperty("target");
        Assert.False(target.TryGetProperty("tag", out _));
        Assert.False(target.TryGetProperty("size", out _));
    }

    [Fact]
    public async Task FailedDelivery_IsRepeatedOnSchedule_WithItsCount()
    {
        await using var hook = await HookServer.StartAsync();
        await using var emulator = await StartAsync(hook, EventSchema.EventGridSchema, lag: TimeSpan.FromDays(9));
        hook.Answers.Enqueue(500);
        hook.Answers.Enqueue(500);
        await PushAsync(emulator);
        await AttemptsAsync(emulator, hook, 1);
        emulator.Manual.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Single(hook.Notifications);
        emulator.Manual.Advance(TimeSpan.FromSeconds(0.1));
        await AttemptsAsync(emulator, hook, 2);
        emulator.Manual.Advance(TimeSpan.FromSeconds(30));
        await Soon.IsAsync(() => hook.Notifications.Count == 3);
        Assert.Equal(["0", "1", "2"], hook.Notifications.Select(delivery => delivery.Headers["aeg-delivery-count"]));
        Assert.Single(hook.Notifications.Select(delivery => delivery.Body).Distinct());
    }

    [Fact]
    public async Task Delivery_RefusedAsTooLarge_IsNotRepeated()
    {
        await using var hook = await HookServer.StartAsync();
        await using var emulator = await StartAsync(hook, EventSchema.EventGridSchema, lag: TimeSpan.FromDays(9));
        hook.Answers.Enqueue(413);
        await PushAsync(emulator);
        await Soon.IsAsync(() => hook.Notifications.Count == 1);
        await emulator.AtHome().PushImageAsync("app", "2", "two");
        await Soon.IsAsync(() => hook.Notifications.Count == 2 && emulator.Host.Events.Subscriptions[0].Delivering == 0);
        emulator.Manual.Advance(TimeSpan.FromHours(2));
        Assert.Equal(["app:1", "app:2"], hook.Notifications.Select(delivery => delivery.Json[0].GetProperty("subject").GetString()));
    }

    [Fact]
    public async Task Duplicates_WhenOn_DeliverTheSameEventTwice()
    {
        await using var hook = await HookServer.StartAsync();
        await using var emulator = await StartAsync(hook, EventSchema.EventGridSchema, lag: TimeSpan.FromDays(9), duplicates: true);
        await PushAsync(emulator);
        await Soon.IsAsync(() => hook.Notifications.Count == 2);
        Assert.Single(hook.Notifications.Select(delivery => delivery.Json[0].GetProperty("id").GetString()).Distinct());
    }

    [Fact]
    public async Task Hook_ThatDoesNotAgree_GetsNothingUntilTheValidationUrlIsOpened()
    {
        await using var hook = await HookServer.StartAsync();
        hook.Agrees = false;
        await using var emulator = await StartAsync(hook, EventSchema.EventGridSchema, lag: TimeSpan.FromDays(9));
        await PushAsync(emulator);
        await Soon.IsAsync(() => hook.Validations.Count == 1);
        Assert.Empty(hook.Notifications);
        var url = hook.Validations[0].Json[0].GetProperty("data").GetProperty("validationUrl").GetString()!;
        using var wrong = await emulator.Http.GetAsync(new Uri(url[..^1] + "!"), TestEmulator.Token);
        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
        using var right = await emulator.Http.GetAsync(new Uri(url), TestEmulator.Token);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        await Soon.IsAsync(() => hook.Notifications.Count == 1);
    }

    private static Task<Digest> PushAsync(TestEmulator emulator) => emulator.AtHome().PushImageAsync("app", "1", "one");

    /// <summary>Waits until an attempt has failed and its wait has begun.</summary>
    private static async Task AttemptsAsync(TestEmulator emulator, HookServer hook, int count)
    {
        await Soon.IsAsync(() => hook.Notifications.Count == count && emulator.Host.Events.Subscriptions[0].Waiting == 1);
    }

    private static Task<TestEmulator> StartAsync(HookServer hook, EventSchema schema, TimeSpan lag = default, bool duplicates = false) => TestEmulator.StartAsync(
        clock: new ManualTimeProvider(),
        options: path => TestEmulator.Options(path, lag, subscriptions: new EventSubscriptionOptions { Registry = TestEmulator.Acr, Url = hook.Url, Schema = schema, Duplicates = duplicates }));
}
