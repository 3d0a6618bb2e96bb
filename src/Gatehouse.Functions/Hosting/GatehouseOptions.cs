using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Hosting;

/// <summary>Section <c>Gatehouse</c>.</summary>
internal sealed class GatehouseOptions
{
    public const string Section = "Gatehouse";

    public const string Local = "Local";

    public const string Azure = "Azure";

    /// <summary><c>Azure</c> (default) or <c>Local</c>: one machine, no cloud account.</summary>
    public string Environment { get; set; } = Azure;

    public bool IsLocal => Environment == Local;
}

internal sealed class GatehouseOptionsValidator : IValidateOptions<GatehouseOptions>
{
    public ValidateOptionsResult Validate(string? name, GatehouseOptions options) =>
        options.Environment is GatehouseOptions.Local or GatehouseOptions.Azure
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Gatehouse:Environment is '{options.Environment}'; allowed are Azure and Local.");
}
