using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Hosting;

/// <summary>Runs the options validators at start, but turns what they find into <see cref="StartupProblems"/> rather than a crash.</summary>
internal sealed class DeferredStartupValidator(
    [FromKeyedServices(DeferredStartupValidator.Inner)] IStartupValidator inner,
    StartupProblems problems,
    ILogger<DeferredStartupValidator> log) : IStartupValidator
{
    public const string Inner = "inner";

    public void Validate()
    {
        try
        {
            inner.Validate();
        }
        catch (OptionsValidationException exception)
        {
            problems.Add(exception.Failures);
        }
        catch (AggregateException exception) when (exception.InnerExceptions.All(one => one is OptionsValidationException))
        {
            problems.Add(exception.InnerExceptions.Cast<OptionsValidationException>().SelectMany(one => one.Failures));
        }

        catch (InvalidOperationException exception)
        {
            // A value that is not of its key's type; the message names both. Those after it are found once it is corrected.
            problems.Add([exception.Message]);
        }

        foreach (var message in problems.Messages)
        {
            log.ConfigurationInvalid(message);
        }
    }
}

internal static class DeferredStartupValidation
{
    public static void DeferStartupValidation(this IServiceCollection services)
    {
        var original = services.LastOrDefault(service => service.ServiceType == typeof(IStartupValidator));
        if (original?.ImplementationType is not { } implementation)
        {
            return;
        }

        services.RemoveAll<IStartupValidator>();
        services.Add(ServiceDescriptor.DescribeKeyed(typeof(IStartupValidator), DeferredStartupValidator.Inner, implementation, ServiceLifetime.Transient));
        services.AddTransient<IStartupValidator, DeferredStartupValidator>();
    }
}
