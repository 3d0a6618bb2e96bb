using System.Collections.Concurrent;
using System.Text;
using Gatehouse.Core.Images;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;
using Gatehouse.Core.Tests.Estate;
using Gatehouse.Core.Watches;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Xunit;

namespace Gatehouse.Core.Tests.Watches;

/// <summary>Watches over a fake upstream, with an intake desk that gives the same intake for the same key.</summary>
internal sealed class WatchFixture
{
    public const string Alpine = "docker.io/library/alpine";

    private readonly ConcurrentDictionary<string, Intake> _intakes = [];
    private readonly Mock<IIntakeDesk> _desk = new(MockBehavior.Strict);

    public WatchFixture(WatchOptions? options = null)
    {
        Options = options ?? new WatchOptions();
        _desk.Setup(desk => desk.RequestAsync(It.IsAny<IntakeRequest>(), It.IsAny<CancellationToken>()))
            .Returns((IntakeRequest request, CancellationToken _) => Task.FromResult(Request(request)));
        Service = Create();
    }

    public WatchOptions Options { get; }

    public MemoryRecordStore Records { get; } = new();

    public RecordingInbox Inbox { get; } = new();

    public FakeUpstream Upstream { get; } = new();

    public ManualTimeProvider Clock { get; } = new();

    public WatchService Service { get; }

    public Error? Refusal { get; set; }

    public static Scope Scope { get; } = Scope.Parse("contoso/payments").Value;

    public static Actor Person { get; } = new("user:alice", "Alice");

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What was requested: tag and content's digest, once for every intake.</summary>
    public IReadOnlyList<string> Intakes => [.. _intakes.Values.Select(intake => intake.Image.ToString()).Order(StringComparer.Ordinal)];

    public ConcurrentQueue<IntakeRequest> Requests { get; } = [];

    public WatchService Create()
    {
        var store = new WatchStore(Records, Inbox);
        var changes = new WatchChanges(store, _desk.Object, Clock, NullLogger<WatchChanges>.Instance);
        return new WatchService(store, changes, Upstream, Clock, Microsoft.Extensions.Options.Options.Create(Options), NullLogger<WatchService>.Instance);
    }

    public async Task<Watch> WatchAsync(string repository, params string[] tags) =>
        (await Service.CreateAsync(Scope, repository, tags, Person, Token)).Value;

    public void Push(string tag, string content, string repository = Alpine) => Upstream.Tags[$"{repository}:{tag}"] = DigestOf(content);

    public Task<int> TellAsync(string eventId, string tag, string? content = null, string repository = Alpine)
    {
        var image = ImageReference.Parse($"{repository}:{tag}").Value;
        return Service.OnUpstreamPushedAsync(eventId, content is null ? image : image.WithDigest(DigestOf(content)), Token);
    }

    public static Digest DigestOf(string content) => Digest.OfBytes(Encoding.UTF8.GetBytes(content));

    public static string Image(string tag, string content, string repository = Alpine) => $"{repository}:{tag}@{DigestOf(content)}";

    private Result<IntakeReceipt> Request(IntakeRequest request)
    {
        Requests.Enqueue(request);
        if (Refusal is { } refusal)
        {
            return refusal;
        }

        var created = false;
        var intake = _intakes.GetOrAdd(request.IdempotencyKey!, key =>
        {
            created = true;
            return new Intake
            {
                Id = $"intake-{key[^8..]}",
                Scope = request.Scope,
                Image = request.Image,
                RequestedBy = request.RequestedBy,
                RequestedAt = Clock.GetUtcNow(),
                TargetRepository = request.Image.Name,
            };
        });
        return new IntakeReceipt(intake, created);
    }
}
