using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;
using Gatehouse.Azure.Http;
using Gatehouse.Azure.Options;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Time;

namespace Gatehouse.Azure.Tests.Http;

/// <summary>Every form in which a service asks to be left alone, and that none of them keeps a call waiting longer than it may.</summary>
public sealed class RetryAfterTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Retry-After", "7", 7.0)]
    [InlineData("Retry-After", "0", null)]
    [InlineData("Retry-After", "86400", 3600.0)]
    [InlineData("Retry-After", "99999999999999999999", 3600.0)]
    [InlineData("retry-after-ms", "1500", 1.5)]
    [InlineData("x-ms-retry-after-ms", "250", 0.25)]
    [InlineData("x-ms-retry-after-ms", "86400000", 3600.0)]
    [InlineData("Retry-After", "Sun, 01 Mar 2026 12:00:30 GMT", 30.0)]
    [InlineData("Retry-After", "Sun, 01 Mar 2026 12:00:00 GMT", null)]
    [InlineData("Retry-After", "Sun, 01 Mar 2026 11:59:30 GMT", null)]
    [InlineData("Retry-After", "Mon, 02 Mar 2026 12:00:00 GMT", 3600.0)]
    [InlineData("Retry-After", "-7", null)]
    [InlineData("Retry-After", "7.5", null)]
    [InlineData("Retry-After", "soon", null)]
    [InlineData("Retry-After", "2026-03-01T12:00:30Z", null)]
    [InlineData("Retry-After", "", null)]
    public async Task Answer_AskedToWait_SaysHowLong(string name, string value, double? seconds)
    {
        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, (await AskAsync(TimeSpan.Zero, (name, value))).RetryAfter);
    }

    [Fact]
    public async Task Answer_SeveralForms_TakesTheFinest() =>
        Assert.Equal(TimeSpan.FromMilliseconds(250), (await AskAsync(TimeSpan.Zero, ("Retry-After", "7"), ("x-ms-retry-after-ms", "250"))).RetryAfter);

    /// <summary>Both dates are by the service's clock, so ours may be off by as much as we believe one to be.</summary>
    [Theory]
    [InlineData(-300, 30)]
    [InlineData(300, 30)]
    [InlineData(-301, 331)]
    [InlineData(301, null)]
    public async Task Answer_DateByAnotherClock_IsPutRightByTheServicesOwn(int oursAhead, int? expected)
    {
        var theirs = Now - TimeSpan.FromSeconds(oursAhead);

        var answer = await AskAsync(TimeSpan.Zero, ("Date", Fixdate(theirs)), ("Retry-After", Fixdate(theirs.AddSeconds(30))));

        Assert.Equal(expected is { } wait ? TimeSpan.FromSeconds(wait) : null, answer.RetryAfter);
    }

    [Theory]
    [InlineData("Retry-After", "60")]
    [InlineData("x-ms-retry-after-ms", "60000")]
    [InlineData("Retry-After", "Sun, 01 Mar 2026 12:01:00 GMT")]
    public async Task Call_ToldToWaitTooLong_IsLeftToTheCaller(string name, string value)
    {
        await using var server = await ScriptedServer.StartAsync(Busy((name, value)));

        Assert.Equal(TimeSpan.FromMinutes(1), (await AskAsync(server, TimeSpan.FromSeconds(2))).RetryAfter);
        Assert.Single(server.Requests);
    }

    /// <summary>Azure.Core takes a date by our clock as it is: what it would wait is what counts.</summary>
    [Fact]
    public async Task Call_ToldToWaitTooLongByOurClockOnly_IsLeftToTheCaller()
    {
        var theirs = Now.AddMinutes(4);
        await using var server = await ScriptedServer.StartAsync(Busy(("Date", Fixdate(theirs)), ("Retry-After", Fixdate(theirs.AddSeconds(1)))));

        Assert.Equal(TimeSpan.FromSeconds(1), (await AskAsync(server, TimeSpan.FromSeconds(2))).RetryAfter);
        Assert.Single(server.Requests);
    }

    /// <summary>What the service means is no wait at all, and Azure.Core would still wait for minutes.</summary>
    [Fact]
    public async Task Call_ToldNoWaitThatIsLongByOurClock_IsLeftToTheCaller()
    {
        var theirs = Fixdate(Now.AddMinutes(4));
        await using var server = await ScriptedServer.StartAsync(Busy(("Date", theirs), ("Retry-After", theirs)));

        Assert.Null((await AskAsync(server, TimeSpan.FromSeconds(2))).RetryAfter);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Call_ToldADateThatIsOver_IsTriedAgainAtOnce()
    {
        await using var server = await ScriptedServer.StartAsync(Busy(("Retry-After", "Sun, 01 Mar 2026 11:00:00 GMT")) with { Times = 2 }, ScriptStep.Get("/", "{}"));

        Assert.True((await AskAsync(server, TimeSpan.FromSeconds(2))).IsSuccess);
        Assert.Equal(3, server.Requests.Count);
    }

    private static string Fixdate(DateTimeOffset date) => date.ToString("R", CultureInfo.InvariantCulture);

    private static ScriptStep Busy(params (string, string)[] headers) => ScriptStep.Reply("GET", "/", 429, headers);

    private static async Task<AzureAnswer> AskAsync(TimeSpan longestWait, params (string, string)[] headers)
    {
        await using var server = await ScriptedServer.StartAsync(Busy(headers));
        return await AskAsync(server, longestWait, retries: 0);
    }

    private static async Task<AzureAnswer> AskAsync(ScriptedServer server, TimeSpan longestWait, int retries = 3)
    {
        var options = new AzureOptions { MaxRetries = retries, RetryDelay = TimeSpan.FromMilliseconds(1), MaxRetryDelay = longestWait };
        using var http = new HttpClient();
        var pipeline = HttpPipelineBuilder.Build(new AzureClientOptions(options, new HttpClientTransport(http), new ManualTimeProvider(Now)));
        return await pipeline.SendAsync(
            request =>
            {
                request.Method = RequestMethod.Get;
                request.Uri.Reset(server.BaseUri);
            },
            Cancel);
    }
}
