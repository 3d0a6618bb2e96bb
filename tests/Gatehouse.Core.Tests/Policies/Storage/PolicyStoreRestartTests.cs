using Gatehouse.Core.Ledger;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Records.Embedded;
using Gatehouse.TestKit.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Storage;

/// <summary>The policy store over the embedded store on disk, across a restart.</summary>
public class PolicyStoreRestartTests
{
    private const string Allow = "sources: { allow: [\"docker.io/**\"] }";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_AfterACrashBeforeTheInbox_KeepsPoliciesAndDeliversTheEvent()
    {
        using var directory = new TempDirectory();
        var inbox = new RecordingInbox();
        await using (var first = Services(directory, inbox))
        {
            var store = first.GetRequiredService<IPolicyStore>();
            Assert.True((await ApplyAsync(store, "contoso", Allow)).IsOk);
            inbox.Failures = 1;
            await Assert.ThrowsAsync<IOException>(() => ApplyAsync(store, "contoso/payments", "size: { max: 1MiB }"));
        }

        await using var second = Services(directory, inbox);
        var listed = await second.GetRequiredService<IPolicyStore>().ListAsync(Token);

        Assert.Equal([("contoso", 1), ("contoso/payments", 1)], listed.Select(policy => (policy.Scope.Path, policy.Version)));
        Assert.Equal(["policy:contoso", "policy:contoso/payments"], inbox.Events.Select(recorded => recorded.Subject));
        var effective = await second.GetRequiredService<IPolicyProvider>().GetEffectiveAsync(Texts.Payments, Token);
        Assert.Equal("contoso@1 contoso/payments@1", effective.Value.Judge(Evidences.With(), Evidences.Now).PolicyVersion);
    }

    private static Task<Core.Results.Result<AppliedPolicy>> ApplyAsync(IPolicyStore store, string scope, string rules)
    {
        var parsed = Core.Scopes.Scope.Parse(scope).Value;
        return store.ApplyAsync(parsed, Texts.Document(parsed, rules), PolicyStoreFixture.Ada, null, Token);
    }

    private static ServiceProvider Services(TempDirectory directory, RecordingInbox inbox) => new ServiceCollection()
        .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
        .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
        .AddSingleton<ILedgerInbox>(inbox)
        .AddEmbeddedStorage(options => options.Directory = directory.Path)
        .AddGatehousePolicies()
        .BuildServiceProvider();
}
