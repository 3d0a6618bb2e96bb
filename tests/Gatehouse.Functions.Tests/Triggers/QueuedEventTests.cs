using System.Text;
using Gatehouse.Functions.Tests.Support;
using Gatehouse.TestKit.Host;

namespace Gatehouse.Functions.Tests.Triggers;

public sealed class QueuedEventTests : IAsyncLifetime
{
    private HookedHost _host = null!;

    public static TheoryData<string, bool> Bodies
    {
        get
        {
            var bodies = new TheoryData<string, bool>();
            foreach (var stored in new[] { false, true })
            {
                bodies.Add(GridEvents.Push("e-1"), stored);
                bodies.Add(GridEvents.CloudPush("e-1"), stored);
                bodies.Add(GridEvents.Batch(GridEvents.Push("e-1")), stored);
                bodies.Add("\n  " + GridEvents.Push("e-1") + "\n", stored);
            }

            return bodies;
        }
    }

    public async ValueTask InitializeAsync() => _host = await HookedHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_InEitherSchemaAndEncoding_IsTakenOnce(string text, bool stored)
    {
        var answer = await _host.QueueAsync(stored ? InvocationBodies.Stored(text) : text);

        Assert.Equal(200, answer.Status);
        Assert.Equal(["e-1"], _host.Pushes);
        Assert.Empty(await _host.KeptAsync());
    }

    /// <summary>One entry of the queue can be a push to one of ours or upstream; each of the two knows its own.</summary>
    [Fact]
    public async Task Push_FromTheQueue_IsToldToTheEstateAndTheWatches()
    {
        await _host.QueueAsync(GridEvents.Push("e-1"));
        await _host.QueueAsync(GridEvents.Upstream("u-1", "docker.io/library/alpine:3.20"));

        Assert.Equal(["e-1"], _host.Pushes);
        Assert.Equal(["e-1", "u-1"], _host.Updates);
    }

    [Theory]
    [InlineData("plain text")]
    [InlineData("cGxhaW4gdGV4dA==")]
    [InlineData("eyJpZCI6")]
    [InlineData("{\"id\":")]
    [InlineData("")]
    [InlineData("12")]
    public async Task Garbage_IsKeptAtOnce_NotTriedForEver(string text)
    {
        var answer = await _host.QueueAsync(text);

        Assert.Equal(200, answer.Status);
        Assert.Equal("event-malformed", Assert.Single(await _host.KeptAsync())["kept"]!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Message_WhoseMembersOverrideTheMetadata_IsReadFromItsData()
    {
        // A JSON object's members are merged into Metadata; nothing may be read there.
        var text = GridEvents.Push("e-1").Replace("{\"id\":\"e-1\",\"topic\"", "{\"DequeueCount\":\"99\",\"msg\":\"x\",\"id\":\"e-1\",\"topic\"", StringComparison.Ordinal);

        Assert.Equal(200, (await _host.QueueAsync(text)).Status);
        Assert.Equal(["e-1"], _host.Pushes);
    }

    [Fact]
    public async Task Message_NotUtf8UnderItsBase64_IsKept()
    {
        await _host.QueueAsync(Convert.ToBase64String([.. Encoding.UTF8.GetBytes("{\"id\":\""), 0xff, .. Encoding.UTF8.GetBytes("\"}")]));

        Assert.Single(await _host.KeptAsync());
    }
}
