using System.Security.Cryptography;
using System.Text;
using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Policies.Documents;
using Gatehouse.Core.Policies.Storage;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Storage;

public class PolicyStoreTests
{
    private const string Allow = "sources: { allow: [\"docker.io/**\"] }";

    private readonly PolicyStoreFixture _fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Apply_NewDocument_KeepsItWordForWordAndRecordsTheEvent()
    {
        var applied = (await _fixture.ApplyAsync("contoso", Allow)).Value;

        var text = Texts.Document(Texts.Contoso, Allow);
        var read = (await _fixture.Store.GetAsync(Texts.Contoso, Token)).Value;
        Assert.Equal((1, text, PolicyStoreFixture.Ada, _fixture.Clock.GetUtcNow(), applied.ETag), (read.Version, read.Yaml, read.AppliedBy, read.AppliedAt, read.ETag));
        var recorded = Assert.Single(_fixture.Inbox.Events);
        Assert.Equal(("policy.applied", "user:ada", "policy:contoso", Texts.Contoso), (recorded.Type, recorded.Actor, recorded.Subject, recorded.Scope));
        Assert.Equal(("1", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))), (recorded.Details["version"], recorded.Details["sha256"]));
        Assert.DoesNotContain(_fixture.Records.Rows, row => row.Contains("|out:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Apply_SameTextAgain_ChangesNothingWhateverETag()
    {
        var first = (await _fixture.ApplyAsync("contoso", Allow)).Value;
        var again = (await _fixture.ApplyAsync("contoso", Allow, ifMatch: "\"stale\"")).Value;

        Assert.Equal((first.Version, first.ETag), (again.Version, again.ETag));
        Assert.Single(_fixture.Inbox.Events);
    }

    [Fact]
    public async Task Apply_NewText_KeepsEveryVersionAsARow()
    {
        await _fixture.ApplyAsync("contoso", Allow);
        var second = (await _fixture.ApplyAsync("contoso", Allow + "\nsize: { max: 1GiB }")).Value;

        Assert.Equal(2, second.Version);
        Assert.Equal(2, _fixture.Records.Rows.Count(row => row.StartsWith("contoso|doc:contoso:", StringComparison.Ordinal)));
        Assert.Equal(["1", "2"], _fixture.Inbox.Events.Select(recorded => recorded.Details["version"]));
    }

    [Theory]
    [InlineData("\"never\"")]
    [InlineData("*")]
    public async Task Apply_ETagOfNothing_PreconditionFails(string ifMatch) =>
        Assert.Equal(ErrorKind.PreconditionFailed, (await _fixture.ApplyAsync("contoso", Allow, ifMatch)).Error.Kind);

    [Fact]
    public async Task Apply_WithETag_OnlyTheCurrentOne()
    {
        var first = (await _fixture.ApplyAsync("contoso", Allow)).Value;
        var second = (await _fixture.ApplyAsync("contoso", Allow + "\nsize: { max: 2 }", first.ETag)).Value;
        var stale = await _fixture.ApplyAsync("contoso", Allow + "\nsize: { max: 3 }", first.ETag);

        Assert.Equal((ErrorKind.PreconditionFailed, "policy-changed"), (stale.Error.Kind, stale.Error.Code));
        Assert.Contains(second.ETag, stale.Error.Message, StringComparison.Ordinal);
        Assert.True((await _fixture.ApplyAsync("contoso", Allow + "\nsize: { max: 3 }", "*")).IsOk);
    }

    [Fact]
    public async Task Apply_Malformed_RefusedAndNothingWritten()
    {
        var refused = await _fixture.ApplyAsync("contoso", "size: { max: huge }");

        Assert.Equal("policy-malformed", refused.Error.Code);
        Assert.Empty(_fixture.Records.Rows);
    }

    [Fact]
    public async Task Apply_ChildThatLoosens_RefusedNamingBothLines()
    {
        await _fixture.ApplyAsync("contoso", Allow + "\nvulnerabilities: { maxSeverity: high, scanners: [trivy] }\nsize: { max: 5MiB }");

        var error = (await _fixture.ApplyAsync("contoso/payments/ledger", "vulnerabilities: { maxSeverity: critical }\nsize: { max: 6MiB }")).Error;

        Assert.Equal((ErrorKind.Conflict, "policy-loosens", "rules.vulnerabilities.maxSeverity"), (error.Kind, error.Code, error.Field));
        Assert.Contains("contoso/payments/ledger line 5 asks for critical; contoso line 6 allows at most high", error.Message, StringComparison.Ordinal);
        Assert.Contains("contoso/payments/ledger line 6 asks for 6 MiB; contoso line 7 allows at most 5 MiB", error.Message, StringComparison.Ordinal);
        Assert.Single(_fixture.Inbox.Events);
    }

    [Fact]
    public async Task Apply_ParentTightens_SucceedsWithWarningsAndClampsBelow()
    {
        await _fixture.ApplyAsync("contoso", Allow + "\nsize: { max: 5MiB }");
        await _fixture.ApplyAsync("contoso/payments", "size: { max: 4MiB }");

        var applied = (await _fixture.ApplyAsync("contoso", Allow + "\nsize: { max: 1MiB }")).Value;

        var warning = "contoso/payments line 5 asks for 4 MiB; contoso line 6 allows at most 1 MiB; contoso prevails.";
        Assert.Equal([warning], applied.Warnings);
        Assert.Equal([warning], (await _fixture.Store.GetAsync(Texts.Contoso, Token)).Value.Warnings);
        var verdict = (await _fixture.EffectiveAsync("contoso/payments")).Judge(Evidences.OfPlatforms(Evidences.Image("linux/amd64", 2 << 20)), Evidences.Now);
        Assert.Equal((VerdictKind.Refuse, "contoso@2 contoso/payments@1"), (verdict.Kind, verdict.PolicyVersion));
        Assert.Equal((Texts.Contoso, 6), (verdict.Failures.Single().DecidedBy, verdict.Failures.Single().Line));
    }

    [Fact]
    public async Task Apply_ChildBeforeItsOrganization_Refused()
    {
        var error = (await _fixture.ApplyAsync("contoso/payments", Allow)).Error;

        Assert.Equal((ErrorKind.NotFound, "scope-unknown"), (error.Kind, error.Code));
        Assert.Contains("apply a policy to 'contoso' first", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_CeilingWithoutAnyScanner_Refused()
    {
        var error = (await _fixture.ApplyAsync("contoso", "vulnerabilities: { maxSeverity: high }")).Error;
        Assert.Equal("rules.vulnerabilities.scanners", error.Field);

        await _fixture.ApplyAsync("contoso", "vulnerabilities: { scanners: [trivy] }");
        Assert.True((await _fixture.ApplyAsync("contoso/payments", "vulnerabilities: { maxSeverity: high }")).IsOk);
    }

    [Fact]
    public async Task Apply_AnotherApplyComesBetween_IsJudgedAgain()
    {
        await _fixture.ApplyAsync("contoso", Allow + "\nsize: { max: 5MiB }");
        _fixture.Records.BeforeCommit = () => _fixture.ApplyAsync("contoso", Allow + "\nsize: { max: 1MiB }");

        var late = await _fixture.ApplyAsync("contoso/payments", "size: { max: 4MiB }");

        Assert.Equal("policy-loosens", late.Error.Code);
    }

    [Fact]
    public async Task Apply_TwoFirstDocumentsAtOnce_BothLand()
    {
        _fixture.Records.BeforeCommit = () => _fixture.ApplyAsync("contoso", "{}");

        var late = (await _fixture.ApplyAsync("contoso", Allow)).Value;

        Assert.Equal(2, late.Version);
        Assert.Equal(2, _fixture.Inbox.Events.Count);
    }

    [Fact]
    public async Task Apply_AlwaysAnotherBetween_GivesUpWithConflict()
    {
        var other = 0;
        Task Interfere()
        {
            other++;
            return _fixture.ApplyAsync("contoso", $"size: {{ max: {other} }}").ContinueWith(_ => _fixture.Records.BeforeCommit = Interfere, TaskScheduler.Default);
        }

        await _fixture.ApplyAsync("contoso", "{}");
        _fixture.Records.BeforeCommit = Interfere;

        var late = await _fixture.ApplyAsync("contoso", Allow);

        Assert.Equal((ErrorKind.Conflict, "policy-contended"), (late.Error.Kind, late.Error.Code));
        Assert.Equal(PolicyStore.MaxAttempts, other);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Apply_InboxAwayAfterTheCommit_NextApplyOrListDeliversTheEvent(bool byList)
    {
        _fixture.Inbox.Failures = 1;
        await Assert.ThrowsAsync<IOException>(() => _fixture.ApplyAsync("contoso", Allow));
        Assert.Empty(_fixture.Inbox.Events);

        _ = byList ? (await _fixture.Store.ListAsync(Token)).Count : (await _fixture.ApplyAsync("contoso", Allow)).Value.Version;

        Assert.Equal("1", Assert.Single(_fixture.Inbox.Events).Details["version"]);
        Assert.DoesNotContain(_fixture.Records.Rows, row => row.Contains("|out:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Apply_LargestDocumentOfTheWorstCharacters_FitsInARow()
    {
        var text = Texts.Document(Texts.Contoso, "{}");
        var yaml = text + "#" + new string('"', PolicyLimits.MaxDocumentBytes - text.Length - 1);

        Assert.True((await _fixture.Store.ApplyAsync(Texts.Contoso, yaml, PolicyStoreFixture.Ada, null, Token)).IsOk);
        Assert.Equal(yaml, (await _fixture.Store.GetAsync(Texts.Contoso, Token)).Value.Yaml);
    }

    [Fact]
    public async Task Apply_BySystem_ActorKeepsItsOwnName()
    {
        await _fixture.Store.ApplyAsync(Texts.Contoso, Texts.Document(Texts.Contoso, Allow), Actor.System("Tour"), null, Token);

        Assert.Equal("system:Tour", _fixture.Inbox.Events[0].Actor);
    }

    [Fact]
    public async Task List_SeveralOrganizations_AllDocumentsInOrderOfScopes()
    {
        foreach (var scope in new[] { "fabrikam", "contoso", "contoso/b", "contoso/a/x" })
        {
            Assert.True((await _fixture.ApplyAsync(scope, "{}")).IsOk);
        }

        var listed = await _fixture.Store.ListAsync(Token);

        Assert.Equal(["contoso", "contoso/a/x", "contoso/b", "fabrikam"], listed.Select(policy => policy.Scope.Path));
    }

    [Fact]
    public async Task Get_NoDocument_NotFound()
    {
        await _fixture.ApplyAsync("contoso", Allow);

        Assert.Equal((ErrorKind.NotFound, "policy-unknown"), (await _fixture.Store.GetAsync(Texts.Payments, Token)).Error is var error ? (error.Kind, error.Code) : default);
    }

    [Fact]
    public async Task GetEffective_OrganizationWithoutDocument_ScopeUnknown()
    {
        var error = (await _fixture.Provider.GetEffectiveAsync(Texts.Payments, Token)).Error;

        Assert.Equal((ErrorKind.NotFound, "scope-unknown"), (error.Kind, error.Code));
    }

    [Fact]
    public async Task GetEffective_ScopeWithHolesAbove_ComposesWhatThereIs()
    {
        await _fixture.ApplyAsync("contoso", Allow + "\nvulnerabilities: { scanners: [trivy] }");
        await _fixture.ApplyAsync("contoso/a/b", "vulnerabilities: { scanners: [grype] }");

        var effective = await _fixture.EffectiveAsync("contoso/a/b/c");

        Assert.Equal(("contoso/a/b/c", "grype,trivy"), (effective.Scope.Path, string.Join(',', effective.WantedScanners)));
        Assert.Equal("contoso@1 contoso/a/b@1", effective.Judge(Evidences.With(), Evidences.Now).PolicyVersion);
    }

    [Fact]
    public async Task GetEffective_SiblingScopes_DoNotLeak()
    {
        await _fixture.ApplyAsync("contoso", Allow);
        await _fixture.ApplyAsync("contoso/a", "size: { max: 1 }");

        Assert.Equal(VerdictKind.Review, (await _fixture.EffectiveAsync("contoso/ab")).Judge(Evidences.With(), Evidences.Now).Kind);
    }

    [Fact]
    public async Task GetEffective_Unchanged_ReadsOnlyTheHeads()
    {
        await _fixture.ApplyAsync("contoso", Allow);
        await _fixture.EffectiveAsync("contoso");
        var before = _fixture.Records.Reads;

        await _fixture.EffectiveAsync("contoso");

        Assert.Equal(1, _fixture.Records.Reads - before);
    }

    [Fact]
    public async Task GetEffective_AppliedByAnotherInstance_IsSeen()
    {
        await _fixture.ApplyAsync("contoso", Allow);
        await _fixture.EffectiveAsync("contoso");
        var other = new PolicyStore(
            _fixture.Records,
            new PolicyArchive(_fixture.Records),
            new LedgerOutbox(_fixture.Records, _fixture.Inbox),
            _fixture.Clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<PolicyStore>.Instance);

        await other.ApplyAsync(Texts.Contoso, Texts.Document(Texts.Contoso, Allow + "\nsize: { max: 1 }"), PolicyStoreFixture.Ada, null, Token);

        Assert.Equal(VerdictKind.Refuse, (await _fixture.EffectiveAsync("contoso")).Judge(Evidences.With(), Evidences.Now).Kind);
    }

    [Fact]
    public async Task Stored_DocumentThatNoLongerReads_BlocksUntilReplaced()
    {
        await _fixture.ApplyAsync("contoso", Allow);
        var bad = PolicyVersion.Create(2, "rules: [", PolicyStoreFixture.Ada, _fixture.Clock.GetUtcNow());
        await _fixture.Records.CommitAsync(
            new Gatehouse.Core.Records.RecordBatch(PolicyKeys.Table, "contoso")
                .Upsert(PolicyKeys.HeadRow(Texts.Contoso), System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new PolicyHead(2, bad.Sha256), PolicyJson.Default.PolicyHead))
                .Insert(PolicyKeys.DocumentRow(Texts.Contoso, 2), System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(bad, PolicyJson.Default.PolicyVersion)),
            Token);

        Assert.Equal("policy-unreadable", (await _fixture.Provider.GetEffectiveAsync(Texts.Payments, Token)).Error.Code);
        Assert.Equal("policy-unreadable", (await _fixture.ApplyAsync("contoso/payments", "{}")).Error.Code);
        Assert.Single((await _fixture.Store.ListAsync(Token))[0].Warnings);
        Assert.Equal(3, (await _fixture.ApplyAsync("contoso", Allow)).Value.Version);
        Assert.True((await _fixture.Provider.GetEffectiveAsync(Texts.Payments, Token)).IsOk);
    }

    [Fact]
    public void Services_StoreAndProvider_AreOneObject() => Assert.Same(_fixture.Store, _fixture.Provider);

    [Fact]
    public async Task Apply_LongestScope_KeysStayWithinTheirLimit()
    {
        var segment = new string('a', Scope.MaxSegmentLength);
        await _fixture.ApplyAsync(segment, Allow);

        Assert.True((await _fixture.ApplyAsync(string.Join('/', Enumerable.Repeat(segment, 4)), "{}")).IsOk);
    }
}
