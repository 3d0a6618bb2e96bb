using Gatehouse.Core.Attestations;
using Gatehouse.Core.Estate;
using Gatehouse.Core.Intakes.Steps;
using Gatehouse.Core.Policies.Storage;
using Gatehouse.Core.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Intakes;

public static class IntakeServices
{
    /// <summary>Registers <see cref="IIntakeDesk"/>, <see cref="IIntakeWorkflow"/> and the steps. The ports they use are registered by the adapters.</summary>
    public static IServiceCollection AddGatehouseIntakes(this IServiceCollection services)
    {
        services.AddOptions<IntakeOptions>().BindConfiguration(IntakeOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IntakeOptions>, IntakeOptionsValidator>());
        services.AddOptions<AttestationOptions>().BindConfiguration(AttestationOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AttestationOptions>, AttestationOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEntropy, SystemEntropy>();
        services.TryAddSingleton<IdSource>();
        services.TryAddSingleton<IntakeStore>();
        services.TryAddSingleton<IntakeClaims>();
        services.TryAddSingleton<IntakeList>();
        services.TryAddSingleton<IExpectedImages, ExpectedImages>();
        services.TryAddSingleton<StepOutcomes>();
        services.TryAddSingleton<ScanRound>();
        services.TryAddSingleton<PolicyFingerprints>();
        services.TryAddSingleton<ReleaseAttestor>();
        services.TryAddSingleton<ClosurePhase>();
        services.TryAddSingleton<AttestationPhase>();
        services.TryAddSingleton<ReleasePhase>();
        services.AddSingleton<IIntakeStep, ResolveStep>();
        services.AddSingleton<IIntakeStep, PlanAssessmentStep>();
        services.AddSingleton<IIntakeStep, AssessStep>();
        services.AddSingleton<IIntakeStep, PlanImportStep>();
        services.AddSingleton<IIntakeStep, ImportStep>();
        services.AddSingleton<IIntakeStep, ReplicateStep>();
        services.AddSingleton<IIntakeDesk, IntakeDesk>();
        services.AddSingleton<IIntakeWorkflow, IntakeWorkflow>();
        return services;
    }
}
