using System.Collections.Concurrent;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Evidence;
using Gatehouse.Core.Images;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Queues;
using Gatehouse.Core.Records;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;
using Xunit;

namespace Gatehouse.Core.Tests.Intakes;

/// <summary>Throws once, before the n-th operation, as a process that dies there would leave things.</summary>
internal sealed class Crash
{
    private int _countdown = int.MaxValue;

    public int Operations { get; private set; }

    public bool Happened { get; private set; }

    public void At(int operation) => (_countdown, Happened) = (operation, false);

    public void Point()
    {
        Operations++;
        if (--_countdown == 0)
        {
            Happened = true;
            throw new RecordStoreException("The process died here.");
        }
    }
}

internal sealed class FakeQueue(TimeProvider clock, Crash crash) : IWorkQueue
{
    private readonly List<(DateTimeOffset VisibleAt, string Text)> _messages = [];

    public int Count => _messages.Count;

    public Task EnqueueAsync(string queue, string text, TimeSpan delay, CancellationToken cancellationToken)
    {
        crash.Point();
        Assert.Equal(QueueNames.IntakeWork, queue);
        _messages.Add((clock.GetUtcNow() + delay, text));
        crash.Point();
        return Task.CompletedTask;
    }

    public string? TakeDue(Func<int, int> choose)
    {
        var due = _messages.Where(message => message.VisibleAt <= clock.GetUtcNow()).ToList();
        if (due.Count == 0)
        {
            return null;
        }

        var taken = due[choose(due.Count)];
        _messages.Remove(taken);
        return taken.Text;
    }

    public void Return(string text, TimeSpan delay) => _messages.Add((clock.GetUtcNow() + delay, text));

    public void Lose() => _messages.Clear();
}

internal sealed class FakeInbox(Crash crash) : ILedgerInbox
{
    public Dictionary<string, LedgerEvent> Events { get; } = [];

    public Task AppendAsync(IReadOnlyCollection<LedgerEvent> events, CancellationToken cancellationToken)
    {
        crash.Point();
        foreach (var entry in events)
        {
            if (Events.TryGetValue(entry.Id, out var same))
            {
                Assert.Equal(same.Type, entry.Type);
            }

            Events[entry.Id] = entry;
        }

        crash.Point();
        return Task.CompletedTask;
    }
}

internal sealed class FakeUpstream : IImageResolver
{
    public Func<ImageReference, Resolution>? Answer { get; set; }

    public int Calls { get; private set; }

    public static Candidate CandidateOf(ImageReference image, string content = "index", int referrers = 0)
    {
        var platform = new PlatformImage(new Platform("linux", "amd64"), Blob("manifest" + content), Blob("config" + content), [Blob("layer" + content)], null);
        var digest = image.Digest ?? Digest.OfBytes(System.Text.Encoding.UTF8.GetBytes(content));
        return new Candidate(
            image.WithDigest(digest),
            digest,
            MediaTypes.OciIndex,
            100,
            [platform],
            [.. Enumerable.Range(0, referrers).Select(i => Blob($"referrer{i}"))],
            DateTimeOffset.UnixEpoch)
        {
            Links = [.. Enumerable.Range(0, referrers).Select(i => new ReferrerLink(Blob($"referrer{i}").Digest, digest))],
        };
    }

    public Task<Resolution> ResolveAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        Calls++;
        return Task.FromResult(Answer?.Invoke(reference) ?? new Resolution.Found(CandidateOf(reference)));
    }

    public Task<TagState> HeadAsync(ImageReference reference, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<TagListing> ListTagsAsync(ImageReference repository, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static Descriptor Blob(string content) => new(MediaTypes.OciManifest, Digest.OfBytes(System.Text.Encoding.UTF8.GetBytes(content)), 10);
}

internal sealed class FakePolicy(Scope scope) : IPolicyProvider, IEffectivePolicy
{
    public Scope Scope { get; } = scope;

    public List<string> Scanners { get; } = ["trivy"];

    public ApprovalDemand Approval { get; set; } = new(1, true, null);

    public string? ForbiddenRepository { get; set; }

    public IReadOnlyList<string> WantedScanners => Scanners;

    public Task<Result<IEffectivePolicy>> GetEffectiveAsync(Scope asked, CancellationToken cancellationToken) => Task.FromResult(
        Scope.Contains(asked) ? Result.Ok<IEffectivePolicy>(this) : new Error(ErrorKind.NotFound, "scope-unknown", $"No policy governs {asked}.", "scope"));

    public Verdict Judge(EvidenceSet evidence, DateTimeOffset now)
    {
        var source = evidence.Candidate.Source.Repository == ForbiddenRepository ? RuleOutcome.Fail : RuleOutcome.Pass;
        var scans = Scanners.Select(name => evidence.Scans.FirstOrDefault(scan => scan.Scanner == name)).ToList();
        var scan = scans.Exists(found => found?.State != EvidenceState.Present) ? RuleOutcome.Unknown
            : scans.Exists(found => found!.Report!.Highest == Severity.Critical) ? RuleOutcome.Fail
            : RuleOutcome.Pass;
        RuleJudgement[] rules = [new("sources", source, Scope, 1, "source"), new("vulnerabilities", scan, Scope, 2, "scan")];
        var kind = rules.Any(rule => rule.Outcome == RuleOutcome.Fail) ? VerdictKind.Refuse
            : rules.Any(rule => rule.Outcome == RuleOutcome.Unknown) ? VerdictKind.Unknown
            : Approval.Count == 0 ? VerdictKind.Admit
            : VerdictKind.Review;
        return new Verdict(kind, rules, Approval, "contoso@1", now);
    }
}

internal sealed class FakeScanner(string name) : IScanner
{
    public string Name { get; } = name;

    public Severity? Worst { get; set; }

    public Queue<ScanProgress> Script { get; } = new();

    public int Submissions { get; private set; }

    public Task<ScanProgress> SubmitAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        Submissions++;
        return Task.FromResult(Script.TryDequeue(out var scripted) ? scripted : new ScanProgress.Submitted("ticket-1", TimeSpan.FromSeconds(1)));
    }

    public Task<ScanProgress> PollAsync(Candidate candidate, string ticket, CancellationToken cancellationToken) =>
        Task.FromResult(Script.TryDequeue(out var scripted) ? scripted : new ScanProgress.Reported(ReportOf(candidate.Digest)));

    public ScanReport ReportOf(Digest? artifact) => new(
        Name,
        "1",
        "test",
        null,
        artifact,
        Worst is { } worst ? [new Finding("CVE-1", "package", "1", null, worst)] : []);
}

/// <summary>Registries that copy on demand and replicate when told to.</summary>
internal sealed class FakeRegistries : IImageImporter, IReplicaReader, IRegistryPublisher, IReferrerReader
{
    private readonly ConcurrentDictionary<string, (string Registry, Digest Digest)> _running = [];
    private int _operations;

    public HashSet<(string Registry, Digest Digest)> Held { get; } = [];

    public Dictionary<(string Registry, string Tag), Digest> Tags { get; } = [];

    public HashSet<string> Lagging { get; } = [];

    public int Copies { get; private set; }

    public Queue<ImportProgress> StartScript { get; } = new();

    public Queue<ImportProgress> PollScript { get; } = new();

    public Queue<PublishOutcome> PublishScript { get; } = new();

    public Queue<ReferrerListing> ReferrerScript { get; } = new();

    public int ReferrerCalls { get; private set; }

    public Dictionary<Digest, List<Digest>> Referrers { get; } = [];

    public ReplicaListing<ManifestRow>? Manifests { get; set; }

    public Dictionary<(string Registry, Digest Digest), ReferrerArtifact> Attached { get; } = [];

    public HashSet<(string Registry, Digest Digest)> Passed { get; } = [];

    /// <summary>Has every registry list the candidate's referrers once it holds them.</summary>
    public void Lists(Candidate candidate)
    {
        foreach (var group in candidate.Links.Where(link => link.Tag is null).GroupBy(link => link.Subject))
        {
            Referrers[group.Key] = [.. group.Select(link => link.Referrer)];
        }
    }

    /// <summary>What is answered of what is held.</summary>
    public Presence Shown { get; set; } = Presence.Served;

    public Crash? Crash { get; set; }

    public Task<ImportProgress> StartAsync(RegistryDefinition target, ImportRequest request, CancellationToken cancellationToken)
    {
        Crash?.Point();
        if (StartScript.TryDequeue(out var scripted))
        {
            return Task.FromResult(scripted);
        }

        var location = $"https://arm/{++_operations}";
        _running[location] = (target.Name, request.Digest);
        return Task.FromResult<ImportProgress>(new ImportProgress.Running(location, null));
    }

    public Task<ImportProgress> PollAsync(RegistryDefinition target, string location, CancellationToken cancellationToken)
    {
        Crash?.Point();
        if (PollScript.TryDequeue(out var scripted))
        {
            return Task.FromResult(scripted);
        }

        if (Held.Add(_running[location]))
        {
            Copies++;
        }

        return Task.FromResult<ImportProgress>(new ImportProgress.Done());
    }

    /// <summary>A registry holds whatever it imported; an index brings its children.</summary>
    public Task<ReplicaAnswer> AskAsync(ReplicaDefinition replica, string repository, Digest digest, CancellationToken cancellationToken) =>
        Task.FromResult(Lagging.Contains(replica.Id)
            ? new ReplicaAnswer(Presence.Missing)
            : new ReplicaAnswer(Held.Any(held => held.Registry == replica.Registry) && (Held.Contains((replica.Registry, digest)) || digest == ChildOfAll) ? Shown : Presence.Missing));

    public Digest ChildOfAll { get; set; }

    public Task<PublishOutcome> PublishAsync(RegistryDefinition registry, string repository, string tag, Digest digest, CancellationToken cancellationToken)
    {
        Crash?.Point();
        if (PublishScript.TryDequeue(out var scripted))
        {
            return Task.FromResult(scripted);
        }

        Digest? previous = Tags.TryGetValue((registry.Name, tag), out var there) && there != digest ? there : null;
        Tags[(registry.Name, tag)] = digest;
        return Task.FromResult<PublishOutcome>(new PublishOutcome.Published(previous));
    }

    public Task<PublishOutcome> LockAsync(RegistryDefinition registry, string repository, Digest digest, CancellationToken cancellationToken) =>
        Task.FromResult<PublishOutcome>(new PublishOutcome.Published(null));

    public Task<ReplicaAnswer> PingAsync(ReplicaDefinition replica, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>What was told to refer to the subject, of what the registry holds.</summary>
    public Task<ReferrerListing> ListAsync(ReplicaDefinition replica, string repository, Digest subject, CancellationToken cancellationToken)
    {
        Crash?.Point();
        ReferrerCalls++;
        return Task.FromResult(ReferrerScript.TryDequeue(out var scripted)
            ? scripted
            : new ReferrerListing([.. Referrers.GetValueOrDefault(subject, []).Where(digest => Held.Contains((replica.Registry, digest)))]));
    }

    public Task<PublishOutcome> AttachAsync(RegistryDefinition registry, string repository, ReferrerArtifact artifact, CancellationToken cancellationToken)
    {
        Crash?.Point();
        if (PublishScript.TryDequeue(out var scripted))
        {
            return Task.FromResult(scripted);
        }

        Attached[(registry.Name, artifact.Digest)] = artifact;
        return Task.FromResult<PublishOutcome>(new PublishOutcome.Published(null));
    }

    public Task<PublishOutcome> PassAsync(RegistryDefinition registry, string repository, Digest digest, string details, CancellationToken cancellationToken)
    {
        Passed.Add((registry.Name, digest));
        return Task.FromResult<PublishOutcome>(new PublishOutcome.Published(null));
    }

    public Task<ReplicaListing<ManifestRow>> ListManifestsAsync(ReplicaDefinition replica, string repository, CancellationToken cancellationToken) =>
        Task.FromResult(Manifests ?? throw new NotSupportedException());

    public Task<ReplicaListing<TagRow>> ListTagsAsync(ReplicaDefinition replica, string repository, CancellationToken cancellationToken) => throw new NotSupportedException();
}
