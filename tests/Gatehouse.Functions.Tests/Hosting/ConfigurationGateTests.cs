using Gatehouse.Functions.Hosting;
using Gatehouse.TestKit.Logs;
using Gatehouse.TestKit.Time;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Functions.Tests.Hosting;

public sealed class ConfigurationGateTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly RecordingLogs _logs = new();
    private readonly StartupProblems _problems = new();
    private readonly LoggerFactory _loggers;
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().BuildServiceProvider();
    private readonly ConfigurationGate _gate;

    public ConfigurationGateTests()
    {
        _loggers = new LoggerFactory([_logs]);
        _gate = new ConfigurationGate(_ => Task.CompletedTask, _problems, _clock, new Logger<ConfigurationGate>(_loggers));
    }

    [Fact]
    public async Task Triggers_WhileInvalid_AreLoggedOnceAMinute()
    {
        _problems.Add(["Gatehouse:Auth:ClockSkew is 05:00:00."]);

        // SealLedger comes every ten seconds: twelve calls in two minutes.
        for (var call = 0; call < 12; call++)
        {
            Assert.Equal(500, await CallAsync(call % 6 == 5 ? "/ProbeReplicas" : "/SealLedger"));
            _clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(2, _logs.Entries.Count);
        Assert.All(_logs.Entries, entry => Assert.Equal((1701, "The configuration is still invalid, so SealLedger was refused: Gatehouse:Auth:ClockSkew is 05:00:00."), entry));
    }

    [Theory]
    [InlineData("/api/estate")]
    [InlineData("/healthz")]
    [InlineData("/")]
    public async Task OtherCalls_WhileInvalid_AreNotLogged(string path)
    {
        _problems.Add(["Gatehouse:Auth:ClockSkew is 05:00:00."]);

        await CallAsync(path);

        Assert.Empty(_logs.Entries);
    }

    [Fact]
    public async Task Triggers_WhileValid_AreLetThroughUnlogged()
    {
        Assert.Equal(200, await CallAsync("/SealLedger"));
        Assert.Empty(_logs.Entries);
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _services.Dispose();
    }

    private async Task<int> CallAsync(string path)
    {
        var http = new DefaultHttpContext { RequestServices = _services };
        http.Request.Method = "POST";
        http.Request.Path = path;
        http.Response.Body = Stream.Null;
        await _gate.InvokeAsync(http);
        return http.Response.StatusCode;
    }
}
