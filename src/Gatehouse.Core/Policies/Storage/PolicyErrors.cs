using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Policies.Documents;
using Gatehouse.Core.Results;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Policies.Storage;

internal static class PolicyErrors
{
    public static Error ScopeUnknown(Scope scope) =>
        new(ErrorKind.NotFound, "scope-unknown", $"'{scope.Root}' has no policy, so '{scope}' is not a known scope; apply a policy to '{scope.Root}' first.", "scope");

    public static Error PolicyUnknown(Scope scope) =>
        new(ErrorKind.NotFound, "policy-unknown", $"'{scope}' has no policy of its own.", "scope");

    public static Error ETagDiffers(Scope scope, string given, string? current) => new(
        ErrorKind.PreconditionFailed,
        "policy-changed",
        current is null ? $"'{scope}' has no policy, so no version of it is {given}." : $"The policy of '{scope}' is now {current}, not {given}; read it again.",
        "If-Match");

    public static Error Contended(Scope scope) =>
        new(ErrorKind.Conflict, "policy-contended", $"Other policies of '{scope.Root}' keep being applied at the same time; try again.");

    public static Error Unreadable(ArchivedPolicy policy, Error why) => new(
        ErrorKind.Conflict,
        "policy-unreadable",
        $"Version {policy.Version.Version} of the policy of '{policy.Scope}' was taken once but no longer reads; apply a new one. {why.Message}");

    public static Error Loosens(Scope scope, IReadOnlyList<Loosening> loosenings)
    {
        var problems = new Problems();
        foreach (var loosening in loosenings)
        {
            problems.Add(loosening.Path, loosening.Child.Line, loosening.Message);
        }

        return problems.ToError("policy-loosens", ErrorKind.Conflict, $"A policy may only tighten what stands above it; the policy of {scope}");
    }

    public static Error NoScanner(Scope scope, Origin ceiling) => new(
        ErrorKind.Invalid,
        "policy-malformed",
        $"The policy of {scope} has 1 problem: line {ceiling.Line}, rules.vulnerabilities.maxSeverity: a ceiling needs a scanner, and neither this policy nor one above names any; add rules.vulnerabilities.scanners.",
        "rules.vulnerabilities.scanners");
}
