using System.Text;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Cli.Commands;

/// <summary>A policy document on disk, and the scope it says it is for.</summary>
internal sealed record PolicyFile(FileInfo File, Scope Scope, byte[] Content)
{
    /// <summary>What the server takes, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const string Key = "scope:";

    /// <summary>All or nothing, so that a missing file is known before anything is applied; parents before children, which may only tighten.</summary>
    public static async Task<Result<IReadOnlyList<PolicyFile>>> ReadAllAsync(IEnumerable<FileInfo> files, CancellationToken cancellationToken)
    {
        var all = new List<PolicyFile>();
        foreach (var file in files)
        {
            if (!(await InputFiles.ReadAsync(file, MaxBytes, "FILE", cancellationToken)).TryGet(out var content, out var error)
                || !FindScope(file, Encoding.UTF8.GetString(content)).TryGet(out var scope, out error))
            {
                return error;
            }

            all.Add(new PolicyFile(file, scope, content));
        }

        return all.Find(one => all.Exists(other => other != one && other.Scope == one.Scope)) is { } twice
            ? new Error(ErrorKind.Invalid, "scope-repeated", $"More than one file is for the scope '{twice.Scope}'; give one.", "FILE")
            : Result.Ok<IReadOnlyList<PolicyFile>>([.. all.OrderBy(one => one.Scope.Level)]);
    }

    /// <summary>Only the line that says where to send it; the server reads the YAML.</summary>
    private static Result<Scope> FindScope(FileInfo file, string yaml)
    {
        var values = yaml.TrimStart('\uFEFF').Split('\n').Where(line => line.StartsWith(Key, StringComparison.Ordinal)).Select(Value).ToList();
        return values.Count == 1
            ? Scope.Parse(values[0]).TryGet(out var scope, out var error) ? scope : error with { Message = $"{file}: {error.Message}" }
            : new Error(ErrorKind.Invalid, "scope-missing", $"'{file}' has {values.Count} lines that start with 'scope:'; a policy document has one.", "scope");
    }

    private static string Value(string line)
    {
        var value = line[Key.Length..];
        var comment = value.IndexOf(" #", StringComparison.Ordinal);
        return (comment < 0 ? value : value[..comment]).Trim().Trim('"', '\'');
    }
}
