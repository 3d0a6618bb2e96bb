using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.KeyVault;

/// <summary>Says everything that is wrong, each with its key and what is allowed; the cloud has put in its scope by then. Whether a key is needed at all is not decided here.</summary>
internal sealed partial class KeyVaultOptionsValidator : IValidateOptions<KeyVaultOptions>
{
    private const string Section = KeyVaultOptions.Section;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    public ValidateOptionsResult Validate(string? name, KeyVaultOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        if (!string.IsNullOrEmpty(options.KeyId))
        {
            CheckKey(builder, options, options.KeyId);
        }

        if (!(Uri.TryCreate(options.Scope, UriKind.Absolute, out var scope) && scope.Scheme == Uri.UriSchemeHttps && options.Scope!.EndsWith("/.default", StringComparison.Ordinal)))
        {
            builder.AddError($"{Section}:{nameof(options.Scope)} is '{options.Scope}'; allowed: an Entra scope that is an https URL and ends in '/.default'.");
        }

        if (!ApiVersion().IsMatch(options.ApiVersion))
        {
            builder.AddError($"{Section}:{nameof(options.ApiVersion)} is '{options.ApiVersion}'; allowed: a version such as {KeyVaultOptions.DefaultApiVersion} or 2025-07-01.");
        }

        if (options.RefreshInterval < Shortest || options.RefreshInterval > Longest)
        {
            builder.AddError($"{Section}:{nameof(options.RefreshInterval)} is '{options.RefreshInterval}'; allowed: {Shortest} to {Longest}.");
        }

        return builder.Build();
    }

    private static void CheckKey(ValidateOptionsResultBuilder builder, KeyVaultOptions options, string text)
    {
        if (VaultKeyId.TryParse(text) is not { } key)
        {
            builder.AddError($"{Section}:{nameof(options.KeyId)} is '{text}'; allowed: https://{{vault}}.vault.azure.net/keys/{{name}}, with or without /{{version}}.");
        }
        else if (!key.IsBelow(options.Scope!))
        {
            builder.AddError($"{Section}:{nameof(options.KeyId)} is '{text}', whose host is not below that of {Section}:{nameof(options.Scope)}, '{options.Scope}'; allowed: a host below the scope's, to which alone its tokens go, or loopback.");
        }
    }

    [GeneratedRegex(@"\A(?:\d{1,2}\.\d{1,2}|\d{4}-\d{2}-\d{2})(?:-preview(?:\.\d)?)?\z", RegexOptions.None, 1000)]
    private static partial Regex ApiVersion();
}
