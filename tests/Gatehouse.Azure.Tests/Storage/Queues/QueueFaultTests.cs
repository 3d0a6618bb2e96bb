using System.Globalization;
using System.Text;
using Gatehouse.Core.Queues;
using Gatehouse.TestKit.Http;
using Gatehouse.TestKit.Logs;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.DependencyInjection;
using static Gatehouse.Azure.Tests.Storage.StorageAnswers;

namespace Gatehouse.Azure.Tests.Storage.Queues;

/// <summary>Everything the Queue service has been known to do instead of what it was asked.</summary>
public sealed class QueueFaultTests
{
    private const string Queue = "intake-work";
    private const string Messages = "/intake-work/messages";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly QueueMessage Claimed = new(Queue, "m1", "text", 5, Now, Now, "receipt+1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A message twice does no harm; one that is lost does.</summary>
    [Fact]
    public async Task Enqueue_ReplyLost_IsSentAgain()
    {
        await using var server = await ScriptedServer.StartAsync(
            new ScriptStep("POST", Messages) { Times = 1, Fail = true },
            ScriptStep.Reply("POST", Messages, 201));
        await using var provider = StorageRig.Connect(server.BaseUri);

        await provider.GetRequiredService<IWorkQueue>().EnqueueAsync(Queue, "text", TimeSpan.Zero, Cancellation);

        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(server.Requests[0].Body, server.Requests[1].Body);
        Assert.Contains("<MessageText>dGV4dA==</MessageText>", Encoding.UTF8.GetString(server.Requests[1].Body.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503, "ServerBusy")]
    [InlineData(500, "OperationTimedOut")]
    [InlineData(429, "TooManyRequests")]
    public async Task Enqueue_ServiceBusy_IsTriedAgainButNotBeyondTheLongestWait(int status, string code)
    {
        await using var server = await ScriptedServer.StartAsync(
            RefuseXml("POST", Messages, status, code) with { Times = 2 },
            ScriptStep.Reply("POST", Messages, 201) with { Times = 1 },
            RefuseXml("POST", Messages, status, code, ("Retry-After", "60")));
        await using var provider = StorageRig.Connect(server.BaseUri);
        var queue = provider.GetRequiredService<IWorkQueue>();

        await queue.EnqueueAsync(Queue, "text", TimeSpan.Zero, Cancellation);
        Assert.Equal(3, server.Requests.Count);
        var fault = await Assert.ThrowsAsync<IOException>(() => queue.EnqueueAsync(Queue, "text", TimeSpan.Zero, Cancellation));

        Assert.Contains($"{status} ({code}): Why. It asks to be left alone for 00:01:00", fault.Message, StringComparison.Ordinal);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task Enqueue_QueueBeingDeleted_IsAFaultAndALaterTrySucceeds()
    {
        await using var server = await ScriptedServer.StartAsync(
            RefuseXml("POST", Messages, 404, "QueueNotFound") with { Times = 2 },
            RefuseXml("PUT", "/intake-work", 409, "QueueBeingDeleted") with { Times = 1 },
            ScriptStep.Reply("PUT", "/intake-work", 201),
            ScriptStep.Reply("POST", Messages, 201));
        await using var provider = StorageRig.Connect(server.BaseUri);
        var queue = provider.GetRequiredService<IWorkQueue>();

        var fault = await Assert.ThrowsAsync<IOException>(() => queue.EnqueueAsync(Queue, "text", TimeSpan.Zero, Cancellation));
        await queue.EnqueueAsync(Queue, "text", TimeSpan.Zero, Cancellation);

        Assert.Contains("409 (QueueBeingDeleted)", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enqueue_QueueMadeByAnotherMeanwhile_IsNoFault()
    {
        await using var server = await ScriptedServer.StartAsync(
            RefuseXml("POST", Messages, 404, "QueueNotFound") with { Times = 1 },
            RefuseXml("PUT", "/intake-work", 409, "QueueAlreadyExists"),
            ScriptStep.Reply("POST", Messages, 201));
        await using var provider = StorageRig.Connect(server.BaseUri);

        await provider.GetRequiredService<IWorkQueue>().EnqueueAsync(Queue, "text", TimeSpan.Zero, Cancellation);

        Assert.Empty(server.Unexpected);
    }

    [Theory]
    [InlineData(400, "PopReceiptMismatch")]
    [InlineData(404, "MessageNotFound")]
    public async Task Settle_ClaimRunOut_IsFalseAndMovesNothing(int status, string code)
    {
        await using var server = await ScriptedServer.StartAsync(RefuseXml("*", Messages + "/m1", status, code));
        await using var provider = StorageRig.Connect(server.BaseUri);
        var receiver = provider.GetRequiredService<IWorkQueueReceiver>();

        Assert.False(await receiver.CompleteAsync(Claimed, Cancellation));
        Assert.False(await receiver.AbandonAsync(Claimed, TimeSpan.Zero, Cancellation));
        Assert.False(await receiver.MoveToPoisonAsync(Claimed, Cancellation));

        Assert.All(server.Requests, request => Assert.StartsWith("?popreceipt=receipt%2B1", request.Query, StringComparison.Ordinal));
        Assert.Empty(server.Unexpected);
    }

    [Fact]
    public async Task Settle_RefusedOtherwise_IsAFault()
    {
        await using var server = await ScriptedServer.StartAsync(RefuseXml("*", Messages + "/m1", 400, "InvalidQueryParameterValue"));
        await using var provider = StorageRig.Connect(server.BaseUri);

        await Assert.ThrowsAsync<IOException>(() => provider.GetRequiredService<IWorkQueueReceiver>().CompleteAsync(Claimed, Cancellation));
    }

    [Fact]
    public async Task MoveToPoison_DeleteFails_LeavesBothAndLosesNone()
    {
        await using var server = await ScriptedServer.StartAsync(
            ScriptStep.Reply("PUT", Messages + "/m1", 204, ("x-ms-popreceipt", "renewed")),
            ScriptStep.Reply("POST", "/intake-work-poison/messages", 201),
            RefuseXml("DELETE", Messages + "/m1", 500, "InternalError"));
        await using var provider = StorageRig.Connect(server.BaseUri);

        await Assert.ThrowsAsync<IOException>(() => provider.GetRequiredService<IWorkQueueReceiver>().MoveToPoisonAsync(Claimed, Cancellation));

        Assert.Equal(1, server.Count("POST", "/intake-work-poison/messages"));
        Assert.Equal("?popreceipt=renewed", server.Requests[^1].Query);
        Assert.Empty(server.Unexpected);
    }

    [Theory]
    [InlineData("eyJpbnRha2UiOiJpMSJ9", "{\"intake\":\"i1\"}")]
    [InlineData("{&quot;intake&quot;:&quot;i1&quot;}", "{\"intake\":\"i1\"}")]
    [InlineData("plain words", "plain words")]
    [InlineData("abcd", "abcd")]
    [InlineData("", "")]
    public async Task Receive_AnyText_IsReadAsBase64OrAsItIs(string sent, string expected)
    {
        await using var server = await ScriptedServer.StartAsync(List(Message(sent, claimed: true)) with { When = request => !Peeks(request) }, List(Message(sent, claimed: false)));
        await using var provider = StorageRig.Connect(server.BaseUri);
        var receiver = provider.GetRequiredService<IWorkQueueReceiver>();

        var received = Assert.Single(await receiver.ReceiveAsync(Queue, 40, TimeSpan.FromSeconds(30), Cancellation));
        var peeked = Assert.Single(await receiver.PeekAsync(Queue, 40, Cancellation));

        Assert.Equal((expected, 1, "receipt"), (received.Text, received.DequeueCount, received.Receipt));
        Assert.Equal(new PeekedMessage("m1", expected, Now), peeked);
        Assert.Equal(["?numofmessages=32&visibilitytimeout=30", "?peekonly=true&numofmessages=32"], server.Requests.Select(request => request.Query));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("<QueueMessagesList><QueueMessage><MessageId>m1</MessageId></QueueMessage></QueueMessagesList>")]
    [InlineData("<QueueMessagesList><QueueMessage><MessageId>m1</MessageId><MessageText/><DequeueCount>many</DequeueCount><InsertionTime>yesterday</InsertionTime></QueueMessage></QueueMessagesList>")]
    [InlineData("<!DOCTYPE x [<!ENTITY e \"x\">]><QueueMessagesList>&e;</QueueMessagesList>")]
    public async Task Receive_AnswerThatIsNoList_IsAFault(string body)
    {
        await using var server = await ScriptedServer.StartAsync(ScriptStep.Get(Messages, body));
        await using var provider = StorageRig.Connect(server.BaseUri);

        await Assert.ThrowsAsync<IOException>(() => provider.GetRequiredService<IWorkQueueReceiver>().ReceiveAsync(Queue, 1, TimeSpan.FromSeconds(30), Cancellation));
    }

    [Theory]
    [InlineData("AuthenticationFailed", 5, "clock is 00:05:00 behind the service's")]
    [InlineData("AuthenticationFailed", -60, "clock is 01:00:00 ahead of the service's")]
    [InlineData("AuthorizationPermissionMismatch", 0, "lacks the role 'Storage Queue Data Contributor' on account 'acct'")]
    public async Task Call_NotLetIn_SaysWhatToDo(string code, int minutesOfTheirs, string expected)
    {
        await using var server = await ScriptedServer.StartAsync(
            RefuseXml("*", "/intake-work*", 403, code, ("Date", (Now + TimeSpan.FromMinutes(minutesOfTheirs)).ToString("R", CultureInfo.InvariantCulture))));
        await using var provider = StorageRig.Connect(server.BaseUri, new ManualTimeProvider(Now));

        var fault = await Assert.ThrowsAsync<IOException>(() => provider.GetRequiredService<IWorkQueueReceiver>().CountAsync(Queue, Cancellation));

        Assert.Contains($"403 ({code})", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Call_Failed_SaysAndLogsTheIdsOfBothSides()
    {
        await using var server = await ScriptedServer.StartAsync(RefuseXml("GET", "/intake-work", 400, "InvalidQueryParameterValue"));
        using var logs = new RecordingLogs();
        await using var provider = StorageRig.Connect(server.BaseUri, TimeProvider.System, logs: logs);

        var fault = await Assert.ThrowsAsync<IOException>(() => provider.GetRequiredService<IWorkQueueReceiver>().CountAsync(Queue, Cancellation));

        var ids = $"client request id {Assert.Single(server.Requests).Header("x-ms-client-request-id")}, request id 0d3c3a3f";
        Assert.EndsWith($"({ids})", fault.Message, StringComparison.Ordinal);
        Assert.Contains(ids, Assert.Single(logs.Entries, entry => entry.Id == 1634).Text, StringComparison.Ordinal);
    }

    private static bool Peeks(RecordedRequest request) => request.Query.Contains("peekonly", StringComparison.Ordinal);

    private static ScriptStep List(string messages) => ScriptStep.Get(Messages, $"\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><QueueMessagesList>{messages}</QueueMessagesList>");

    private static string Message(string text, bool claimed)
    {
        var claim = claimed ? $"<PopReceipt>receipt</PopReceipt><TimeNextVisible>{Now + TimeSpan.FromSeconds(30):R}</TimeNextVisible>" : string.Empty;
        return $"<QueueMessage><MessageId>m1</MessageId><InsertionTime>{Now:R}</InsertionTime><ExpirationTime>{Now.AddDays(7):R}</ExpirationTime>{claim}<DequeueCount>1</DequeueCount><MessageText>{text}</MessageText></QueueMessage>";
    }
}
