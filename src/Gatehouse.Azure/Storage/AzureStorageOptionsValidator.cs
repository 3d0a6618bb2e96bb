using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Storage;

/// <summary>Says everything that is wrong, each with its key and what is allowed; never the connection string, which holds a key.</summary>
internal sealed partial class AzureStorageOptionsValidator : IValidateOptions<AzureStorageOptions>
{
    private const string Section = AzureStorageOptions.Section;

    public ValidateOptionsResult Validate(string? name, AzureStorageOptions options)
    {
        var problems = new List<string>();
        if (!string.IsNullOrEmpty(options.ConnectionString))
        {
            CheckConnectionString(problems, options, options.ConnectionString);
        }
        else
        {
            CheckEndpoint(problems, nameof(options.TableEndpoint), options.TableEndpoint);
            CheckEndpoint(problems, nameof(options.QueueEndpoint), options.QueueEndpoint);
        }

        if (!(Uri.TryCreate(options.Scope, UriKind.Absolute, out _) && options.Scope!.EndsWith("/.default", StringComparison.Ordinal)))
        {
            problems.Add($"{Section}:Scope is '{options.Scope}'; allowed: an Entra scope that ends in '/.default'.");
        }

        if (options.Namespace.Length > 0 && !Namespace().IsMatch(options.Namespace))
        {
            problems.Add($"{Section}:Namespace is '{options.Namespace}'; allowed: nothing, or 3 to 24 lower-case letters and digits, a letter first.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckConnectionString(List<string> problems, AzureStorageOptions options, string connection)
    {
        if (StorageAccount.TryParse(connection) is null)
        {
            problems.Add($"{Section}:ConnectionString is not usable; allowed: UseDevelopmentStorage=true, or AccountName, AccountKey (base64), TableEndpoint and QueueEndpoint, both of these http or https on loopback.");
        }

        if (!string.IsNullOrEmpty(options.TableEndpoint) || !string.IsNullOrEmpty(options.QueueEndpoint))
        {
            problems.Add($"{Section}:ConnectionString is set, and so is {Section}:TableEndpoint or {Section}:QueueEndpoint; allowed: either the connection string or both endpoints.");
        }
    }

    private static void CheckEndpoint(List<string> problems, string key, string? value)
    {
        if (!(Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri is { UserInfo: "", Query: "", Fragment: "" }))
        {
            problems.Add($"{Section}:{key} is '{value}'; allowed: an https URL without query.");
        }
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9]{2,23}\z", RegexOptions.None, 1000)]
    private static partial Regex Namespace();
}
