using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Azure.Checkpoints;

/// <summary>Says everything that is wrong, each with its key and what is allowed; never the connection string, which holds a key.</summary>
internal sealed partial class CheckpointContainerOptionsValidator : IValidateOptions<CheckpointContainerOptions>
{
    private const string Section = CheckpointContainerOptions.Section;
    private const string NameRule = "3 to 63 lower-case letters, digits and single '-'";

    public ValidateOptionsResult Validate(string? name, CheckpointContainerOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        if (!string.IsNullOrEmpty(options.ConnectionString))
        {
            CheckConnection(builder, options, options.ConnectionString);
        }
        else if (!string.IsNullOrEmpty(options.Container))
        {
            builder.AddError($"{Section}:{nameof(options.Container)} is '{options.Container}', but there is no {Section}:{nameof(options.ConnectionString)}; allowed: both, or {nameof(options.ContainerUri)} alone.");
        }

        if (!string.IsNullOrEmpty(options.ContainerUri) && !IsContainer(options.ContainerUri))
        {
            builder.AddError($"{Section}:{nameof(options.ContainerUri)} is not usable; allowed: an https URL of an account and a container ({NameRule}), without query.");
        }

        if (!(Uri.TryCreate(options.Scope, UriKind.Absolute, out _) && options.Scope!.EndsWith("/.default", StringComparison.Ordinal)))
        {
            builder.AddError($"{Section}:{nameof(options.Scope)} is '{options.Scope}'; allowed: an Entra scope that ends in '/.default'.");
        }

        return builder.Build();
    }

    private static void CheckConnection(ValidateOptionsResultBuilder builder, CheckpointContainerOptions options, string connection)
    {
        if (BlobAccount.TryParse(connection) is null)
        {
            builder.AddError($"{Section}:{nameof(options.ConnectionString)} is not usable; allowed: UseDevelopmentStorage=true, or AccountName, AccountKey (base64) and BlobEndpoint, this one http or https on loopback.");
        }

        if (!Name().IsMatch(options.Container ?? string.Empty))
        {
            builder.AddError($"{Section}:{nameof(options.Container)} is '{options.Container}'; allowed: {NameRule}.");
        }

        if (!string.IsNullOrEmpty(options.ContainerUri))
        {
            builder.AddError($"{Section}:{nameof(options.ConnectionString)} is set, and so is {Section}:{nameof(options.ContainerUri)}; allowed: one of them.");
        }
    }

    /// <summary>A query could be a shared access signature, which is a secret.</summary>
    private static bool IsContainer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri is { Scheme: "https", UserInfo: "", Query: "", Fragment: "" }
        && Name().IsMatch(uri.AbsolutePath.Trim('/'));

    /// <summary>Source: Naming and referencing containers, blobs, and metadata.</summary>
    [GeneratedRegex(@"\A(?=.{3,63}\z)[a-z0-9]+(?:-[a-z0-9]+)*\z", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
