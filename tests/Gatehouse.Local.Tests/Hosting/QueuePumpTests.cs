using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Time;
using Gatehouse.Local.Hosting;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Logs;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Xunit;

namespace Gatehouse.Local.Tests.Hosting;

public class QueuePumpTests
{
    [Fact]
    public async Task Run_QueueThatCannotBeReadOnce_GoesOn()
    {
        using var stop = new CancellationTokenSource();
        var second = new TaskCompletionSource();
        var receiver = new Mock<IWorkQueueReceiver>();
        var reads = 0;
        receiver.Setup(queue => queue.ReceiveAsync("intake-work", It.IsAny<int>(), It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>()))
            .Returns(() =>
            {
                if (reads++ == 0)
                {
                    throw new IOException("the disk is full");
                }

                second.TrySetResult();
                return Task.FromResult<IReadOnlyList<QueueMessage>>([]);
            });
        var clock = new ManualTimeProvider();
        var ids = new IdSource(clock, new SeededEntropy());
        using var client = new HttpClient();
        var invoker = new FunctionInvoker(client, new Uri("http://127.0.0.1:9"), ids, NullLogger<FunctionInvoker>.Instance);
        var running = new QueuePump(receiver.Object, invoker, new InvocationEnvelope(clock, ids), clock, NullLogger<QueuePump>.Instance)
            .RunAsync("intake-work", "AdvanceIntake", stop.Token);

        clock.Advance(TimeSpan.FromSeconds(1));
        await second.Task.WaitAsync(TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Run_MessageThatCannotBeCompleted_IsLoggedAndTheNextDelivered()
    {
        await using var handler = await ScriptedServer.StartAsync(
            ScriptStep.Reply("POST", "/AdvanceIntake", 200, ("Content-Type", "application/json")) with { Body = "{}"u8.ToArray() });
        using var stop = new CancellationTokenSource();
        using var logs = new RecordingLogs();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(logs));
        var second = new TaskCompletionSource();
        QueueMessage Message(string id) => new("intake-work", id, "{}", 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "r");
        var receiver = new Mock<IWorkQueueReceiver>();
        receiver.SetupSequence(queue => queue.ReceiveAsync("intake-work", It.IsAny<int>(), It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync([Message("m1")])
            .ReturnsAsync([Message("m2")])
            .ReturnsAsync([]);
        receiver.Setup(queue => queue.CompleteAsync(It.Is<QueueMessage>(message => message.Id == "m1"), It.IsAny<CancellationToken>())).ThrowsAsync(new IOException("the service is away"));
        receiver.Setup(queue => queue.CompleteAsync(It.Is<QueueMessage>(message => message.Id == "m2"), It.IsAny<CancellationToken>())).Callback(second.SetResult).ReturnsAsync(true);
        var clock = new ManualTimeProvider();
        var ids = new IdSource(clock, new SeededEntropy());
        using var client = new HttpClient();
        var invoker = new FunctionInvoker(client, handler.BaseUri, ids, NullLogger<FunctionInvoker>.Instance);
        var running = new QueuePump(receiver.Object, invoker, new InvocationEnvelope(clock, ids), clock, loggers.CreateLogger<QueuePump>())
            .RunAsync("intake-work", "AdvanceIntake", stop.Token);

        await second.Task.WaitAsync(TestContext.Current.CancellationToken);
        await Eventually.NothingIsMissingAsync(
            () => Task.FromResult(logs.Entries.Any(entry => entry.Id == 1911 && entry.Text.Contains("the service is away", StringComparison.Ordinal)) ? null : "nothing is logged"),
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Invoke_HandlerThatTakesTooLong_IsAFailureAndNoFault()
    {
        var ids = new IdSource(new ManualTimeProvider(), new SeededEntropy());
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var client = new HttpClient { Timeout = TimeSpan.FromMilliseconds(50) };
        var invoker = new FunctionInvoker(client, new Uri($"http://{silent.LocalEndpoint}"), ids, NullLogger<FunctionInvoker>.Instance);

        Assert.False(await invoker.InvokeAsync("WatchUpstream", "{}"u8.ToArray(), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(200, "{}", 1, "complete")]
    [InlineData(500, "{}", 1, "abandon")]
    [InlineData(200, "", 1, "abandon")]
    [InlineData(200, "null", 4, "abandon")]
    [InlineData(500, "{}", QueuePump.MaxDequeueCount, "poison")]
    public async Task Run_Answer_DecidesWhatBecomesOfTheMessage(int status, string body, int dequeueCount, string expected)
    {
        await using var handler = await ScriptedServer.StartAsync(
            ScriptStep.Reply("POST", "/AdvanceIntake", status, ("Content-Type", "application/json")) with { Body = Encoding.UTF8.GetBytes(body) });
        using var stop = new CancellationTokenSource();
        var done = new TaskCompletionSource<string>();
        var receiver = new Mock<IWorkQueueReceiver>();
        var message = new QueueMessage("intake-work", "m1", """{"intake":"i1","turn":2}""", dequeueCount, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "r");
        receiver.SetupSequence(queue => queue.ReceiveAsync("intake-work", It.IsAny<int>(), It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync([message])
            .ReturnsAsync([]);
        receiver.Setup(queue => queue.CompleteAsync(message, It.IsAny<CancellationToken>())).Callback(() => done.TrySetResult("complete")).ReturnsAsync(true);
        receiver.Setup(queue => queue.AbandonAsync(message, It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>())).Callback(() => done.TrySetResult("abandon")).ReturnsAsync(true);
        receiver.Setup(queue => queue.MoveToPoisonAsync(message, It.IsAny<CancellationToken>())).Callback(() => done.TrySetResult("poison")).ReturnsAsync(true);

        var clock = new ManualTimeProvider();
        var ids = new IdSource(clock, new SeededEntropy());
        using var client = new HttpClient();
        var invoker = new FunctionInvoker(client, handler.BaseUri, ids, NullLogger<FunctionInvoker>.Instance);
        var pump = new QueuePump(receiver.Object, invoker, new InvocationEnvelope(clock, ids), clock, NullLogger<QueuePump>.Instance);
        var running = pump.RunAsync("intake-work", "AdvanceIntake", stop.Token);

        Assert.Equal(expected, await done.Task.WaitAsync(TestContext.Current.CancellationToken));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        using var envelope = JsonDocument.Parse(handler.Requests.Single().Body);
        var twice = envelope.RootElement.GetProperty("Data").GetProperty("msg").GetString()!;
        Assert.Equal(message.Text, JsonSerializer.Deserialize<string>(twice));
        Assert.Equal(dequeueCount.ToString(), envelope.RootElement.GetProperty("Metadata").GetProperty("DequeueCount").GetString());
    }
}
