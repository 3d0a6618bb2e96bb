using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Estate;

public sealed class EstateOptions
{
    public const string Section = "Gatehouse:Estate";

    public const string DefaultPath = "estate.yaml";

    public const string DefaultRegistrySuffix = "azurecr.io";

    /// <summary>Where the estate is described; relative to the working directory.</summary>
    public string Path { get; set; } = DefaultPath;

    /// <summary>What hosts that the estate leaves out end in; null for the suffix of the cloud, in public Azure <c>azurecr.io</c>.</summary>
    public string? RegistrySuffix { get; set; }
}

internal sealed class EstateOptionsValidator : IValidateOptions<EstateOptions>
{
    public ValidateOptionsResult Validate(string? name, EstateOptions options)
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Path))
        {
            problems.Add($"{EstateOptions.Section}:{nameof(options.Path)} is empty; write the path of the estate's YAML file, e.g. {EstateOptions.DefaultPath}.");
        }

        if (options.RegistrySuffix is { } suffix && !EstateRules.IsHost(suffix))
        {
            problems.Add($"{EstateOptions.Section}:{nameof(options.RegistrySuffix)} is '{suffix}'; allowed: a lower-case domain, e.g. {EstateOptions.DefaultRegistrySuffix}.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
