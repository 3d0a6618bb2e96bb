using Gatehouse.Core.Scopes;
using Gatehouse.Local.Api;

namespace Gatehouse.Local.Hosting;

/// <summary>The policy documents that a local estate starts with.</summary>
internal static class SamplePolicies
{
    private const string Prefix = "policies/";

    /// <summary>Whether no document was ever applied: the data folder is new.</summary>
    public static async Task<bool> AreMissingAsync(GatehouseApi policyAdmin, CancellationToken cancellationToken) =>
        (await policyAdmin.GetAsync("/api/policies", cancellationToken))["policies"]!.AsArray().Count == 0;

    /// <summary>Applies the documents of the directory, or the samples where there are none yet; what an old data folder has stays.</summary>
    public static async Task EnsureAsync(GatehouseApi policyAdmin, string? directory, CancellationToken cancellationToken)
    {
        if (directory is not null || await AreMissingAsync(policyAdmin, cancellationToken))
        {
            await ApplyAsync(policyAdmin, directory, cancellationToken);
        }
    }

    /// <summary>Applies every document of the directory, or of the samples, organizations first.</summary>
    public static async Task<IReadOnlyList<Scope>> ApplyAsync(GatehouseApi policyAdmin, string? directory, CancellationToken cancellationToken)
    {
        var documents = directory is null ? Embedded() : FromDirectory(directory);
        var applied = new List<Scope>();
        foreach (var (scope, yaml) in documents.OrderBy(document => document.Scope.Level).ThenBy(document => document.Scope.Path, StringComparer.Ordinal))
        {
            await policyAdmin.ApplyPolicyAsync(scope, yaml, cancellationToken);
            applied.Add(scope);
        }

        return applied;
    }

    private static List<(Scope Scope, string Yaml)> Embedded()
    {
        var assembly = typeof(SamplePolicies).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return (ScopeOf(name[Prefix.Length..]), reader.ReadToEnd());
            })];
    }

    private static List<(Scope Scope, string Yaml)> FromDirectory(string directory)
    {
        var files = Directory.Exists(directory) ? Directory.GetFiles(directory, "*.yaml") : [];
        return files.Length == 0
            ? throw new InvalidOperationException($"--policies '{directory}' holds no .yaml files; name a folder of documents called like their scopes, e.g. contoso--payments.yaml.")
            : [.. files.Select(file => (ScopeOf(Path.GetFileName(file)), File.ReadAllText(file)))];
    }

    /// <summary><c>contoso--payments.yaml</c> is the document of <c>contoso/payments</c>.</summary>
    private static Scope ScopeOf(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file).Replace("--", "/", StringComparison.Ordinal);
        return Scope.Parse(name).TryGet(out var scope, out var error)
            ? scope
            : throw new InvalidOperationException($"Policy file '{file}': {error.Message}");
    }
}
