using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Estate;

public sealed class EstateOptions
{
    public const string Section = "Gatehouse:Estate";

    public const string DefaultPath = "estate.yaml";

    /// <summary>Where the estate is described; relative to the working directory.</summary>
    public string Path { get; set; } = DefaultPath;
}

internal sealed class EstateOptionsValidator : IValidateOptions<EstateOptions>
{
    public ValidateOptionsResult Validate(string? name, EstateOptions options) => string.IsNullOrWhiteSpace(options.Path)
        ? ValidateOptionsResult.Fail($"{EstateOptions.Section}:{nameof(options.Path)} is empty; write the path of the estate's YAML file, e.g. {EstateOptions.DefaultPath}.")
        : ValidateOptionsResult.Success;
}
