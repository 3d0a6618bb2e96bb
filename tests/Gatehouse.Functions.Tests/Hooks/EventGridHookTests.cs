using Gatehouse.Functions.Tests.Support;

namespace Gatehouse.Functions.Tests.Hooks;

/// <summary>Source: Event Grid, endpoint validation with Event Grid schema and with CloudEvents schema.</summary>
public sealed class EventGridHookTests
{
    private const string Path = "/hooks/eventgrid";
    private const string Secret = ApiHost.HookSecret;

    private const string Validation =
        """
        [{"id":"2d1781af","topic":"/subscriptions/s/resourceGroups/g/providers/Microsoft.EventGrid/topics/t","subject":"",
          "data":{"validationCode":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6","validationUrl":"https://rp-eastus2.eventgrid.azure.net:553/x"},
          "eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2018-01-25T22:12:19.4556811Z","metadataVersion":"1","dataVersion":"1"}]
        """;

    [Theory]
    [InlineData("aeg-event-type", "SubscriptionValidation")]
    [InlineData("AEG-Event-Type", "subscriptionvalidation")]
    [InlineData("X-Other", "none")]
    public async Task Validation_IsAnsweredWithItsCode(string header, string value)
    {
        await using var host = await StartAsync();

        var answer = await PostAsync(host, Validation, (header, value));

        Assert.Equal(200, answer.Status);
        Assert.Equal("""{"validationResponse":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}""", answer.Text);
        Assert.Empty(await host.KeptAsync());
    }

    [Theory]
    [InlineData("""[{"id":"x","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationUrl":"https://rp.eventgrid.azure.net:553/x"}}]""")]
    [InlineData("""[{"id":"x","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":7}}]""")]
    [InlineData("""[{"id":"x","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent"}]""")]
    [InlineData("[]")]
    public async Task Validation_WithoutACode_IsRefusedAndNoUrlIsOpened(string body)
    {
        await using var host = await StartAsync();

        var answer = await PostAsync(host, body, ("aeg-event-type", "SubscriptionValidation"));

        Assert.Equal((400, "validation-malformed"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("", 401)]
    [InlineData("a-secret-of-a-hook-012", 401)]
    [InlineData(Secret, 200)]
    public async Task Delivery_WithASecretInTheQuery_IsTakenWhenItIsRight(string? secret, int status)
    {
        await using var host = await StartAsync();

        foreach (var body in new[] { Validation, GridEvents.Batch(GridEvents.Push("e-1")) })
        {
            Assert.Equal(status, (await host.Api.SendAsync("POST", secret is null ? Path : $"{Path}?code={secret}", role: null, body)).Status);
        }

        Assert.Equal(status == 200 ? ["e-1"] : [], host.Pushes);
    }

    [Theory]
    [InlineData("GATEHOUSE-EVENTS", 200)]
    [InlineData("gatehouse-events", 200)]
    [InlineData("SOMEBODY-ELSE", 403)]
    [InlineData(null, 403)]
    public async Task Delivery_OfASubscription_IsTakenWhenItIsExpected(string? name, int status)
    {
        await using var host = await StartAsync(("Gatehouse:Hooks:EventGridSubscriptions:0", "gatehouse-events"));
        (string, string)[] headers = name is null ? [] : [("aeg-subscription-name", name)];

        Assert.Equal(status, (await PostAsync(host, Validation, headers)).Status);
        Assert.Equal(status, (await PostAsync(host, GridEvents.Push("e-1"), headers)).Status);
        Assert.Equal(status == 200 ? 1 : 0, host.Pushes.Count);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8", false, false)]
    [InlineData("application/json", false, true)]
    [InlineData("application/cloudevents+json; charset=utf-8", true, false)]
    [InlineData("application/cloudevents-batch+json", true, true)]
    public async Task Notification_InEitherSchema_AloneOrInABatch_IsTaken(string contentType, bool cloud, bool batch)
    {
        await using var host = await StartAsync();
        string[] events = cloud ? [GridEvents.CloudPush("e-1"), GridEvents.CloudPush("e-2")] : [GridEvents.Push("e-1"), GridEvents.Push("e-2")];

        var answer = await host.Api.SendAsync("POST", Path, role: null, batch ? GridEvents.Batch(events) : events[0], contentType, ("X-Gatehouse-Secret", Secret), ("aeg-event-type", "Notification"));

        Assert.Equal(200, answer.Status);
        Assert.Equal(batch ? ["e-1", "e-2"] : ["e-1"], host.Pushes);
    }

    [Fact]
    public async Task Notification_WithOneBadEvent_KeepsItAndTakesTheRest()
    {
        await using var host = await StartAsync();

        Assert.Equal(200, (await PostAsync(host, GridEvents.Batch(GridEvents.CloudWithoutData, GridEvents.CloudPush("e-1"), GridEvents.Upstream("u-1", "alpine:3.20")))).Status);

        Assert.Equal(["e-1"], host.Pushes);
        Assert.Contains("u-1", host.Updates);
        Assert.Equal("/hooks/eventgrid", Assert.Single(await host.KeptAsync())["kept"]!["by"]!.GetValue<string>());
    }

    [Fact]
    public async Task Notification_ThatCannotBeProcessedNow_ComesAgain()
    {
        await using var host = await StartAsync();
        host.Away.Add("e-1");

        Assert.Equal(503, (await PostAsync(host, GridEvents.Push("e-1"))).Status);
    }

    [Theory]
    [InlineData("not json", 400)]
    [InlineData("", 400)]
    public async Task Notification_ThatIsNoJson_IsRefused(string body, int status)
    {
        await using var host = await StartAsync();

        Assert.Equal(status, (await PostAsync(host, body)).Status);
    }

    [Fact]
    public async Task Deletion_OfTheSubscription_IsAcknowledged()
    {
        await using var host = await StartAsync();
        var body = """[{"id":"d","topic":"/subscriptions/s","eventType":"Microsoft.EventGrid.SubscriptionDeletedEvent","data":{"eventSubscriptionId":"/subscriptions/s/x"}}]""";

        Assert.Equal(200, (await PostAsync(host, body, ("aeg-event-type", "SubscriptionDeletion"))).Status);
        Assert.Empty(await host.KeptAsync());
    }

    [Theory]
    [InlineData("eventgrid.azure.net", "?code=" + Secret, 200)]
    [InlineData("EventGrid.azure.net", "", 200)]
    [InlineData("eventgrid.azure.net", "?code=wrong", 401)]
    [InlineData("attacker.example", "?code=" + Secret, 405)]
    [InlineData(null, "?code=" + Secret, 405)]
    public async Task Options_OfCloudEvents_ConsentsToEventGridOnly(string? origin, string query, int status)
    {
        await using var host = await StartAsync();
        (string, string)[] headers = origin is null ? [] : [("WebHook-Request-Origin", origin), ("webhook-request-rate", "120"), ("WebHook-Request-Callback", "https://x.example/")];

        var answer = await host.Api.SendAsync("OPTIONS", Path + query, role: null, headers: headers);

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? origin : null, answer.Headers.GetValueOrDefault("WebHook-Allowed-Origin"));
        Assert.Equal(status == 200 ? "*" : null, answer.Headers.GetValueOrDefault("WebHook-Allowed-Rate"));
    }

    [Fact]
    public async Task Hook_WithNothingConfigured_IsClosed()
    {
        await using var host = await HookedHost.StartAsync();

        Assert.Equal(404, (await PostAsync(host, Validation)).Status);
        Assert.Equal(404, (await host.Api.SendAsync("OPTIONS", Path, role: null, headers: ("WebHook-Request-Origin", "eventgrid.azure.net"))).Status);
    }

    [Fact]
    public async Task Hook_ThatTakesEntraTokens_AsksWhoTheTokenWasIssuedTo()
    {
        await using var host = await HookedHost.StartAsync(("Gatehouse:Hooks:EventGridEntra", "true"));
        var body = GridEvents.Push("e-1");

        // A good token of the issuer, but of a person: its application is nobody's.
        var person = await host.Api.SendAsync("POST", Path, "Reader", body);
        Assert.Equal((403, "hook-caller-unexpected"), (person.Status, person.Code));
        Assert.Equal(401, (await host.Api.SendAsync("POST", Path, role: null, body)).Status);
        Assert.Equal(401, (await host.Api.SendAsync("POST", Path, role: null, body, headers: ("Authorization", "Bearer x.y.z"))).Status);
        Assert.Empty(host.Pushes);
    }

    [Theory]
    [InlineData("Gatehouse:Hooks:EventGrid", "short", "16")]
    [InlineData("Gatehouse:Hooks:EventGridEntraAppId", "event grid", "GUID")]
    [InlineData("Gatehouse:Hooks:EventGridOrigin", "not a host", "host name")]
    public async Task Options_ThatAreWrong_NameTheirKeyAndWhatIsAllowed(string key, string value, string allowed)
    {
        await using var host = await HookedHost.StartAsync((key, value));

        var answer = await host.Api.SendAsync("GET", "/healthz", role: null);

        Assert.Equal(503, answer.Status);
        Assert.Contains(key, answer.Text, StringComparison.Ordinal);
        Assert.Contains(allowed, answer.Text, StringComparison.Ordinal);
    }

    private static Task<HookedHost> StartAsync(params (string Key, string? Value)[] settings) =>
        HookedHost.StartAsync([("Gatehouse:Hooks:EventGrid", Secret), .. settings]);

    private static Task<Answer> PostAsync(HookedHost host, string body, params (string Name, string Value)[] headers) =>
        host.Api.SendAsync("POST", Path, role: null, body, headers: [("X-Gatehouse-Secret", Secret), .. headers]);
}
