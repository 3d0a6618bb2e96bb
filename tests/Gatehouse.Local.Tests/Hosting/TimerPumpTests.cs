using System.Net;
using Gatehouse.Core.Time;
using Gatehouse.Local.Hosting;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gatehouse.Local.Tests.Hosting;

public sealed class TimerPumpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A second seal at once would find its events sealed by the first, and return before they are in the ledger.</summary>
    [Fact]
    public async Task Fire_WhileARunIsUnderWay_RunsAfterIt()
    {
        using var handler = new GatedHandler();
        using var client = new HttpClient(handler);
        var pump = Pump(client);

        var first = pump.FireAsync("SealLedger", Cancellation);
        var second = pump.FireAsync("SealLedger", Cancellation);
        var other = pump.FireAsync("Reconcile", Cancellation);

        Assert.Equal(["/SealLedger", "/Reconcile"], handler.Asked);
        handler.Open("/Reconcile");
        Assert.True(await other);
        Assert.False(second.IsCompleted);
        handler.Open("/SealLedger");
        Assert.True(await first);
        Assert.True(await second);
        Assert.Equal(["/SealLedger", "/Reconcile", "/SealLedger"], handler.Asked);
    }

    [Fact]
    public async Task Fire_AfterARunThatFailed_Runs()
    {
        using var handler = new GatedHandler { Status = HttpStatusCode.InternalServerError };
        using var client = new HttpClient(handler);
        handler.Open("/SealLedger");
        var pump = Pump(client);

        Assert.False(await pump.FireAsync("SealLedger", Cancellation));
        handler.Status = HttpStatusCode.OK;
        Assert.True(await pump.FireAsync("SealLedger", Cancellation));
    }

    private static TimerPump Pump(HttpClient client)
    {
        var clock = new ManualTimeProvider();
        var ids = new IdSource(clock, new SeededEntropy());
        return new TimerPump(new FunctionInvoker(client, new Uri("http://127.0.0.1:9"), ids, NullLogger<FunctionInvoker>.Instance), new InvocationEnvelope(clock, ids), clock);
    }

    /// <summary>Answers the calls of a function once it is opened, and keeps their order.</summary>
    private sealed class GatedHandler : HttpMessageHandler
    {
        private readonly Dictionary<string, TaskCompletionSource> _gates = [];

        public List<string> Asked { get; } = [];

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public void Open(string path) => Gate(path).SetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Task open;
            lock (Asked)
            {
                Asked.Add(request.RequestUri!.AbsolutePath);
                open = Gate(request.RequestUri.AbsolutePath).Task;
            }

            await open;
            return new HttpResponseMessage(Status) { Content = new StringContent("{}") };
        }

        private TaskCompletionSource Gate(string path)
        {
            lock (_gates)
            {
                return _gates.TryGetValue(path, out var gate) ? gate : _gates[path] = new TaskCompletionSource();
            }
        }
    }
}
