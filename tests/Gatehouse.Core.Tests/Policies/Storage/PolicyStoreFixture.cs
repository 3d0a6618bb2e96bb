using Gatehouse.Core.Intakes;
using Gatehouse.Core.Ledger;
using Gatehouse.Core.Policies;
using Gatehouse.Core.Records;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;
using Gatehouse.TestKit.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gatehouse.Core.Tests.Policies.Storage;

/// <summary>A policy store as the product wires it, over memory.</summary>
internal sealed class PolicyStoreFixture
{
    public static readonly Actor Ada = new("user:ada", "Ada");

    public MemoryRecordStore Records { get; } = new();

    public RecordingInbox Inbox { get; } = new();

    public ManualTimeProvider Clock { get; } = new();

    public PolicyStoreFixture() => Services = new ServiceCollection()
        .AddSingleton<IRecordStore>(Records)
        .AddSingleton<ILedgerInbox>(Inbox)
        .AddSingleton<TimeProvider>(Clock)
        .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
        .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
        .AddGatehousePolicies()
        .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

    public ServiceProvider Services { get; }

    public IPolicyStore Store => Services.GetRequiredService<IPolicyStore>();

    public IPolicyProvider Provider => Services.GetRequiredService<IPolicyProvider>();

    public Task<Result<AppliedPolicy>> ApplyAsync(string scope, string rules, string? ifMatch = null) =>
        Store.ApplyAsync(Scope.Parse(scope).Value, Texts.Document(Scope.Parse(scope).Value, rules), Ada, ifMatch, TestContext.Current.CancellationToken);

    public async Task<IEffectivePolicy> EffectiveAsync(string scope) =>
        (await Provider.GetEffectiveAsync(Scope.Parse(scope).Value, TestContext.Current.CancellationToken)).Value;
}
