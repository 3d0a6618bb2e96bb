using Gatehouse.Core.Policies.Composition;
using Gatehouse.Core.Scopes;

namespace Gatehouse.Core.Policies.Documents;

/// <summary>One scope's policy as written.</summary>
internal sealed record PolicyDocument(Scope Scope, string? Description, RuleSet Rules)
{
    public const string ApiVersion = "gatehouse/v1";

    public const string Kind = "Policy";
}
