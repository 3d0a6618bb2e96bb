using System.Text;
using Microsoft.Extensions.Options;

namespace Gatehouse.Core.Estate;

public sealed class EstateOptions
{
    public const string Section = "Gatehouse:Estate";

    public const string DefaultPath = "estate.yaml";

    public const string DefaultRegistrySuffix = "azurecr.io";

    /// <summary>The most bytes of UTF-8 an estate has, in a file or inline; a thousand registries fit well.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Where the estate is described; relative to the working directory. Default <c>estate.yaml</c>, when there is no <c>Document</c>.</summary>
    public string? Path { get; set; }

    /// <summary>The estate itself, as YAML or JSON, in place of a file; at most 1 MiB.</summary>
    public string? Document { get; set; }

    /// <summary>What hosts that the estate leaves out end in; null for the suffix of the cloud, in public Azure <c>azurecr.io</c>.</summary>
    public string? RegistrySuffix { get; set; }

    internal const string PathKey = $"{Section}:{nameof(Path)}";

    internal const string DocumentKey = $"{Section}:{nameof(Document)}";
}

/// <summary>A file is read at the first use, so that it may come later; a document is here already, and every error in it is said at start.</summary>
internal sealed class EstateOptionsValidator : IValidateOptions<EstateOptions>
{
    public ValidateOptionsResult Validate(string? name, EstateOptions options)
    {
        var builder = new ValidateOptionsResultBuilder();
        if (options.Path is { } path && string.IsNullOrWhiteSpace(path))
        {
            builder.AddError($"{EstateOptions.PathKey} is empty; write the path of the estate's YAML file, e.g. {EstateOptions.DefaultPath}.");
        }

        if (options.RegistrySuffix is { } suffix && !EstateRules.IsHost(suffix))
        {
            builder.AddError($"{EstateOptions.Section}:{nameof(options.RegistrySuffix)} is '{suffix}'; allowed: a lower-case domain, e.g. {EstateOptions.DefaultRegistrySuffix}.");
        }

        if (options.Document is { } document)
        {
            CheckDocument(builder, options, document);
        }

        return builder.Build();
    }

    private static void CheckDocument(ValidateOptionsResultBuilder builder, EstateOptions options, string document)
    {
        if (options.Path is not null)
        {
            builder.AddError($"{EstateOptions.DocumentKey} is set, and so is {EstateOptions.PathKey}; write exactly one of the two.");
        }

        if (Encoding.UTF8.GetByteCount(document) is var bytes and > EstateOptions.MaxBytes)
        {
            builder.AddError($"{EstateOptions.DocumentKey} has {bytes} bytes; write at most {EstateOptions.MaxBytes}, or a file and {EstateOptions.PathKey}.");
            return;
        }

        foreach (var issue in EstateParser.Parse(document).Issues)
        {
            builder.AddError($"{EstateOptions.DocumentKey}, {issue}");
        }
    }
}
