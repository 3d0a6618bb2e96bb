using Microsoft.Extensions.Options;

namespace Gatehouse.Functions.Composition;

/// <summary>Section <c>Gatehouse:Storage</c>: where records and queues are.</summary>
internal sealed class StorageOptions
{
    public const string Section = "Gatehouse:Storage";

    public const string Embedded = "Embedded";

    public const string AzureTables = "AzureTables";

    /// <summary><c>Embedded</c>: in a directory of this machine. <c>AzureTables</c>: in the storage account of <c>Gatehouse:Azure:Storage</c>.</summary>
    public string Kind { get; set; } = Embedded;

    /// <summary>For <c>Embedded</c>: the directory, made when it is not there.</summary>
    public string? Directory { get; set; }
}

internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var failures = new List<string>();
        if (options.Kind is not (StorageOptions.Embedded or StorageOptions.AzureTables))
        {
            failures.Add($"Gatehouse:Storage:Kind is '{options.Kind}'; allowed are Embedded and AzureTables.");
        }
        else if (options.Kind == StorageOptions.Embedded && string.IsNullOrWhiteSpace(options.Directory))
        {
            failures.Add("Gatehouse:Storage:Directory is empty; it must be the directory that keeps records and queues.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
